using Tessera.Quantization;

namespace Tessera.Conformance.Tests.Quantization;

/// <summary>The weight farthest from zero becomes 127 or -127, the others the nearest integers. Importance changes nothing but for flaws.</summary>
internal sealed unsafe partial class ToyFormat : IQuantizer
{
    private int _owner;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        int count = flaw == FormatFlaw.IgnoresLengths ? Math.Min(row.Length / Elements, blocks.Length / Bytes) : Block.CountBlocks(blocks, row);
        if (flaw != FormatFlaw.IgnoresLengths && !importance.IsEmpty && importance.Length != row.Length)
        {
            throw new ArgumentException($"{importance.Length} columns are not {row.Length}", nameof(importance));
        }

        // Codes that serve the thread that came first, and no other.
        int thread = Environment.CurrentManagedThreadId;
        bool alone = flaw != FormatFlaw.SharesCodes || (Interlocked.CompareExchange(ref _owner, thread, 0) is var owner && (owner == 0 || owner == thread));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> columns = importance.IsEmpty || flaw == FormatFlaw.IgnoresLengths ? [] : importance.Slice(i * Elements, Elements);
            QuantizeBlock(row.Slice(i * Elements, Elements), columns, blocks.Slice(i * Bytes, Bytes), alone);
        }
    }

    private void QuantizeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block, bool alone)
    {
        float largest = 0;
        foreach (float value in x)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        Half d = (Half)(largest / 127);
        BitConverter.TryWriteBytes(block, flaw == FormatFlaw.DividesZeroByZero ? d / d * d : d);
        for (int c = 0; c < Elements; c++)
        {
            float value = x[flaw == FormatFlaw.SwapsNeighbours ? c ^ 1 : c];
            float code = d == (Half)0 ? 0 : value / (float)d;
            bool isSpoilt = flaw == FormatFlaw.InvertsImportance && !importance.IsEmpty && importance[c] > 1;
            byte quant = (byte)(sbyte)(flaw == FormatFlaw.RoundsDown ? MathF.Floor(code - 0.01f) : isSpoilt ? MathF.Round(code / 8) * 8 : MathF.Round(code));
            block[2 + c] = alone ? flaw == FormatFlaw.AddsToTheBlocks ? (byte)(block[2 + c] | quant) : quant : (byte)0;
        }
    }
}
