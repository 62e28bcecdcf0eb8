using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tessera.Gguf.Files;

namespace Tessera.Workbench.Evaluation;

/// <summary>
/// What a file of saved log-probabilities begins with, as llama-perplexity writes it for <c>--kl-divergence-base</c>: <c>_logits_</c>, then as 32-bit
/// integers the context length, the vocabulary's length, the number of windows, and the windows' tokens. Little-endian.
/// </summary>
/// <param name="ContextLength">Tokens in a window.</param>
/// <param name="Vocabulary">Tokens that a position has probabilities for.</param>
/// <param name="Tokens">The tokens of all windows.</param>
internal sealed record LogProbabilityHeader(int ContextLength, int Vocabulary, int[] Tokens)
{
    private const int MaxTokens = 1 << 28;

    private static ReadOnlySpan<byte> Magic => "_logits_"u8;

    private int Windows => Tokens.Length / ContextLength;

    /// <summary>Reads it, and holds the file's length to it.</summary>
    /// <exception cref="InputFileException">It is no such file, or not whole.</exception>
    public static LogProbabilityHeader Read(Stream stream, string path)
    {
        Span<byte> fixedPart = stackalloc byte[Magic.Length + (3 * sizeof(int))];
        if (stream.ReadAtLeast(fixedPart, fixedPart.Length, throwOnEndOfStream: false) < fixedPart.Length || !fixedPart.StartsWith(Magic))
        {
            throw new InputFileException(path, "no file of saved logits: it does not begin with '_logits_' and three numbers.");
        }

        int context = BinaryPrimitives.ReadInt32LittleEndian(fixedPart[8..]);
        int vocabulary = BinaryPrimitives.ReadInt32LittleEndian(fixedPart[12..]);
        int windows = BinaryPrimitives.ReadInt32LittleEndian(fixedPart[16..]);
        if (context < PerplexityEvaluator.MinContextLength || vocabulary is < 1 or > MaxTokens || windows < 1 || (long)context * windows > MaxTokens)
        {
            throw new InputFileException(path, $"byte 8: {windows} windows of {context} tokens over a vocabulary of {vocabulary} cannot be.");
        }

        long tokens = (long)context * windows;
        long rows = windows * RowsPerWindow(context);
        long expected = fixedPart.Length + (tokens * sizeof(int)) + (rows * LogProbabilityRow.LengthFor(vocabulary) * sizeof(ushort));
        if (stream.Length != expected)
        {
            throw new InputFileException(
                path, $"{windows} windows of {context} tokens over a vocabulary of {vocabulary} take {expected} bytes, the file has {stream.Length}.");
        }

        var header = new LogProbabilityHeader(context, vocabulary, new int[tokens]);
        stream.ReadExactly(MemoryMarshal.AsBytes(header.Tokens.AsSpan()));
        return header;
    }

    public void Write(Stream stream)
    {
        stream.Write(Magic);
        stream.Write(MemoryMarshal.AsBytes<int>([ContextLength, Vocabulary, Windows]));
        stream.Write(MemoryMarshal.AsBytes(Tokens.AsSpan()));
    }

    private static long RowsPerWindow(int context) => context - 1 - (context / 2);
}
