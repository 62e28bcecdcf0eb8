namespace Tessera.Architectures;

/// <summary>How a query attends: <c>softmax(f(q k^T * scale)) v</c> over the positions that it sees.</summary>
/// <param name="Scale">Factor of the scores, usually 1/sqrt(key length).</param>
public sealed record AttentionRule(float Scale)
{
    /// <summary>Scores become <c>cap * tanh(score / cap)</c> (Gemma 2); 0 for none.</summary>
    public float SoftCap { get; init; }

    /// <summary>For each query head a score that takes its part of the weights and gives no value (gpt-oss).</summary>
    public Vector? Sinks { get; init; }

    /// <summary>For each query head what a score loses per position of distance (ALiBi, Press et al. 2022).</summary>
    public IReadOnlyList<float>? Slopes { get; init; }

    /// <summary>Positions that a query sees, its own among them; 0 for all. With <see cref="SeesAhead"/> half of them lie on each side.</summary>
    public int Window { get; init; }

    /// <summary>Whether <see cref="Window"/> cuts the text into pieces of that length, each of which sees nothing of those before it (Llama 4).</summary>
    public bool Chunked { get; init; }

    /// <summary>Whether a query sees positions after its own, as encoders do. All of a text must then come in one batch.</summary>
    public bool SeesAhead { get; init; }
}
