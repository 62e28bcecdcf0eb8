namespace Tessera.Tokenization;

/// <summary>What the user overrides in a model's tokenizer.</summary>
/// <param name="Pre">The pre-tokenizer to use in place of <c>tokenizer.ggml.pre</c>, or null.</param>
public sealed record TokenizerOptions(string? Pre = null);
