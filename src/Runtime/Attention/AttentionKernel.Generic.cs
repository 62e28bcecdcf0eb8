using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>How the sums of chunks come together, whatever they were computed with.</summary>
internal abstract unsafe class AttentionKernel<TLanes, TVector> : AttentionKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override void Merge(in AttentionTile tile, int chunk, AttentionSums next, AttentionSums sums)
    {
        int length = KvLayout.Padded(tile.ValueLength);
        for (int row = 0; row < tile.Rows; row++)
        {
            if (tile.PositionsOf(row, chunk) == 0)
            {
                continue;
            }

            float* y = sums.Values + ((nint)row * length);
            float* x = next.Values + ((nint)row * length);
            if (tile.FirstChunkOf(row) == chunk)
            {
                (sums.Maxima[row], sums.Weights[row]) = (next.Maxima[row], next.Weights[row]);
                new ReadOnlySpan<float>(x, length).CopyTo(new Span<float>(y, length));
                continue;
            }

            // One of the factors is 1.
            float difference = next.Maxima[row] - sums.Maxima[row];
            float factor = MathF.Exp(-MathF.Abs(difference));
            (float before, float added) = difference > 0 ? (factor, 1f) : (1f, factor);
            sums.Maxima[row] = MathF.Max(sums.Maxima[row], next.Maxima[row]);
            sums.Weights[row] = (sums.Weights[row] * before) + (next.Weights[row] * added);
            TVector beforeFactor = TLanes.Create(before);
            TVector addedFactor = TLanes.Create(added);
            for (nint i = 0; i < length; i += TLanes.Count)
            {
                TVector addend = TLanes.Multiply(TLanes.Load(x + i), addedFactor);
                TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(y + i), beforeFactor, addend), y + i);
            }
        }
    }

    public override void Finish(AttentionSums sums, int row, int length, float sink, float* y)
    {
        // A sink that is larger than all scores becomes what weights are relative to.
        float difference = sink - sums.Maxima[row];
        float factor = difference > 0
            ? MathF.Exp(-difference) / ((sums.Weights[row] * MathF.Exp(-difference)) + 1)
            : 1 / (sums.Weights[row] + MathF.Exp(difference));
        float* x = sums.Values + ((nint)row * KvLayout.Padded(length));
        nint i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(x + i), TLanes.Create(factor)), y + i);
        }

        for (; i < length; i++)
        {
            y[i] = x[i] * factor;
        }
    }
}
