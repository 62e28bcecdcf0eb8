
namespace Tessera.Generation;

/// <summary>What to generate.</summary>
public sealed record GenerationRequest
{
    /// <summary>The whole prompt as ids, what was said before included. What the session's KV cache holds already is not computed again.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>Tokens at most; null until the model ends or the context is full. With 0 the prompt is evaluated and no token made.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How a token is chosen; null for what the model's file asks for (<see cref="LanguageModel.Sampling"/>).</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>
    /// Changes the logits before each token is chosen; null for nobody. It runs on the generation's thread; log-probabilities stay the model's.
    /// </summary>
    public LogitsHook? BeforeSampling { get; init; }

    /// <summary>Strings that end the generation; they are not part of the text.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether to go on after a token that ends generation.</summary>
    public bool IgnoreEndOfGeneration { get; init; }
}
