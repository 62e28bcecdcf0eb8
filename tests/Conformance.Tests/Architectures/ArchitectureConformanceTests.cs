using Tessera.Conformance.Architectures;

namespace Tessera.Conformance.Tests.Architectures;

public class ArchitectureConformanceTests
{
    public static TheoryData<string> Facts => [.. Suite.FactsOf(typeof(ArchitectureConformance))];

    public static TheoryData<ArchitectureFlaw, string> Flaws => new()
    {
        { ArchitectureFlaw.WrongScale, nameof(ArchitectureConformance.Exact_logits_are_the_references) },
        { ArchitectureFlaw.GivesNaN, nameof(ArchitectureConformance.Every_position_has_finite_logits_that_are_not_all_the_same) },
        { ArchitectureFlaw.DependsOnTheBatch, nameof(ArchitectureConformance.Every_batching_gives_the_same_bits) },
        { ArchitectureFlaw.TakesLongBatchesElsewhere,
            nameof(ArchitectureConformance.Any_way_of_cutting_any_three_texts_into_batches_gives_each_the_bits_that_it_has_alone) },
        { ArchitectureFlaw.IgnoresOutputs, nameof(ArchitectureConformance.Logits_that_nobody_asks_for_change_no_others) },
        { ArchitectureFlaw.LooksAhead, nameof(ArchitectureConformance.A_token_does_not_see_those_after_it) },
        { ArchitectureFlaw.KeepsState, nameof(ArchitectureConformance.What_was_rewound_is_forgotten) },
        { ArchitectureFlaw.KeepsState, nameof(ArchitectureConformance.Sessions_do_not_disturb_each_other) },
        { ArchitectureFlaw.MakesDo, nameof(ArchitectureConformance.A_missing_tensor_is_named) },
        { ArchitectureFlaw.TakesAnyShape, nameof(ArchitectureConformance.A_tensor_of_another_shape_is_named_with_both_shapes) },
        { ArchitectureFlaw.DividesByParameters, nameof(ArchitectureConformance.A_parameter_that_is_missing_or_absurd_is_a_GgufException_if_anything) },
    };

    [Theory]
    [MemberData(nameof(Facts))]
    public async Task A_sound_architecture_passes(string fact) =>
        Assert.Null(await Suite.RunAsync(new ToySuite(new ToyArchitecture(ArchitectureFlaw.None)), fact));

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_flaw_is_found(ArchitectureFlaw flaw, string fact) =>
        Assert.NotNull(await Suite.RunAsync(new ToySuite(new ToyArchitecture(flaw)), fact));

    [Fact]
    public async Task An_architecture_that_is_not_shared_is_found() =>
        Assert.NotNull(await Suite.RunAsync(new ToySuite(new UnsharedArchitecture()), nameof(ArchitectureConformance.Is_exported_and_shared_for_its_name)));

    [Fact]
    public void Every_fact_has_a_flaw_that_it_finds() => Assert.Equal(
        Suite.FactsOf(typeof(ArchitectureConformance)).Where(fact => fact != nameof(ArchitectureConformance.Is_exported_and_shared_for_its_name)).Order(),
        Flaws.Select(row => row.Data.Item2).Distinct().Order());
}
