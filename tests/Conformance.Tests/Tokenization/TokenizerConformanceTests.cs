using Tessera.Conformance.Tokenization;

namespace Tessera.Conformance.Tests.Tokenization;

public class TokenizerConformanceTests
{
    public static TheoryData<string> Facts => [.. Suite.FactsOf(typeof(TokenizerConformance))];

    public static TheoryData<TokenizerFlaw, string> Flaws => new()
    {
        { TokenizerFlaw.FindsNoPieces, nameof(TokenizerConformance.Texts_encode_to_the_ids_of_the_reference) },
        { TokenizerFlaw.ForgetsBos, nameof(TokenizerConformance.Texts_with_special_tokens_encode_to_the_ids_of_the_reference) },
        { TokenizerFlaw.DropsSpaces, nameof(TokenizerConformance.Ids_decode_to_the_text_of_the_reference) },
        { TokenizerFlaw.DropsContinuations, nameof(TokenizerConformance.Streamed_text_equals_the_whole_text_and_never_splits_a_character) },
        { TokenizerFlaw.FailsOnSurrogates, nameof(TokenizerConformance.A_lone_surrogate_counts_as_a_replacement_character) },
        { TokenizerFlaw.LosesTheLastSurrogate, nameof(TokenizerConformance.A_lone_surrogate_counts_as_a_replacement_character) },
        { TokenizerFlaw.LosesTheLastSurrogate, nameof(TokenizerConformance.Any_UTF16_can_be_encoded) },
        { TokenizerFlaw.AddsASpaceToNothing, nameof(TokenizerConformance.An_empty_text_has_only_the_tokens_that_the_vocabulary_adds) },
        { TokenizerFlaw.KnowsOnePlane, nameof(TokenizerConformance.Characters_of_every_plane_come_back) },
        { TokenizerFlaw.FindsControlTokens, nameof(TokenizerConformance.Text_of_a_user_never_becomes_a_control_token) },
        { TokenizerFlaw.WritesControlTokens, nameof(TokenizerConformance.Every_token_decodes_and_control_tokens_to_nothing) },
        { TokenizerFlaw.CopiesTheRest, nameof(TokenizerConformance.Memory_grows_with_the_text_and_no_faster) },
        { TokenizerFlaw.ExplainsLess, nameof(TokenizerConformance.Merges_are_explained_as_they_are_made) },
        { TokenizerFlaw.SharesScratch, nameof(TokenizerConformance.Many_threads_encode_at_once) },
    };

    [Theory]
    [MemberData(nameof(Facts))]
    public async Task A_sound_tokenizer_passes(string fact) => Assert.Null(await Suite.RunAsync(new ToySuite(TokenizerFlaw.None), fact));

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_flaw_is_found(TokenizerFlaw flaw, string fact) => Assert.NotNull(await Suite.RunAsync(new ToySuite(flaw), fact));

    [Fact]
    public void Every_fact_has_a_flaw_that_it_finds() =>
        Assert.Equal(Suite.FactsOf(typeof(TokenizerConformance)).Order(), Flaws.Select(row => row.Data.Item2).Distinct().Order());
}
