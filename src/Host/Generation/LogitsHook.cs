namespace Tessera.Generation;

/// <summary>Changes a token's logits before the samplers see them. Negative infinity forbids a token.</summary>
/// <param name="tokens">All ids so far, the prompt's and those that were generated.</param>
/// <param name="logits">One for each id of the vocabulary.</param>
public delegate void LogitsHook(IReadOnlyList<int> tokens, Span<float> logits);
