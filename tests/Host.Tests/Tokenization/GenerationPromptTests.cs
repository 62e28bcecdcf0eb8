using System.Text;
using Microsoft.Extensions.Logging;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Tokenization;

public class GenerationPromptTests
{
    private readonly List<string> _warnings = [];

    [Fact]
    public void A_prompt_without_surprises_warns_nobody()
    {
        Assert.Equal([0, .. Units("^a")], Encode("a", new SpecialTokens { Bos = 0, Eos = 1, AddBos = true }));
        Assert.Equal([0], Encode("", new SpecialTokens { Bos = 0, Eos = 0, AddBos = true }));
        Assert.Empty(Encode("", new SpecialTokens()));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_second_bos_stays_with_a_warning()
    {
        Assert.Equal([0, 0, .. Units("^a")], Encode("<s>a", new SpecialTokens { Bos = 0, Eos = 1, AddBos = true }));
        Assert.Contains("model.gguf: the prompt begins with two BOS tokens", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_one_that_is_added_a_bos_in_the_text_is_the_only_one()
    {
        Assert.Equal([0, .. Units("^a")], Encode("<s>a", new SpecialTokens { Bos = 0, Eos = 1 }));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void An_eos_that_the_file_asks_for_is_left_out_with_a_warning()
    {
        Assert.Equal([0, .. Units("^a")], Encode("a", new SpecialTokens { Bos = 0, Eos = 1, AddBos = true, AddEos = true }));
        Assert.Contains("model.gguf asks for EOS", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_eos_at_the_text_s_end_stays_with_a_warning()
    {
        Assert.Equal([0, .. Units("^a"), 1], Encode("a</s>", new SpecialTokens { Bos = 0, Eos = 1, AddBos = true }));
        Assert.Contains("model.gguf: the prompt ends with EOS", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    /// <summary>Encodes a text, and the same as bytes, which must make no difference.</summary>
    private IReadOnlyList<int> Encode(string text, SpecialTokens special)
    {
        var ofBytes = new List<string>();
        IReadOnlyList<int> ids = Prompt(special, _warnings).Encode(text);

        Assert.Equal(ids, Prompt(special, ofBytes).Encode(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(_warnings, ofBytes);
        return ids;
    }

    private static GenerationPrompt Prompt(SpecialTokens special, List<string> warnings) => new(
        new PromptEncoder(new FakeTokenizer(special, ("<s>", TokenType.Control), ("</s>", TokenType.Control))), special, "model.gguf", new Listener(warnings));

    private static IEnumerable<int> Units(string text) => text.Select(unit => 1_000_000 + unit);

    private sealed class Listener(List<string> warnings) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Warning, logLevel);
            warnings.Add(formatter(state, exception));
        }
    }
}
