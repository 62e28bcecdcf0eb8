using Tessera.Numerics;

namespace Tessera.Conformance.Quantization;

/// <summary>Activations for a matrix product in every <see cref="ActivationParts"/>, and what each encoding stands for.</summary>
public sealed unsafe class TestActivations : IDisposable
{
    private readonly GuardedMemory _values;
    private readonly GuardedMemory _quants;
    private readonly GuardedMemory _scales;
    private readonly GuardedMemory _sums;
    private readonly GuardedMemory _offsets;
    private readonly GuardedMemory _scaledSums;
    private readonly GuardedMemory _sumTables;

    private TestActivations(int tokens, int columns)
    {
        int stride = (columns + 63) / 64 * 64;
        _values = new GuardedMemory((long)tokens * columns * sizeof(float));
        _quants = new GuardedMemory((long)tokens * stride);
        _scales = new GuardedMemory((long)tokens * stride / 32 * sizeof(float));
        _sums = new GuardedMemory((long)tokens * stride / 16 * sizeof(short));
        _offsets = new GuardedMemory((long)tokens * stride / 16 * sizeof(int));
        _scaledSums = new GuardedMemory((long)tokens * stride / 32 * sizeof(float));
        _sumTables = new GuardedMemory((long)tokens * stride / 64 * 16 * sizeof(float));
        Batch = new ActivationBatch
        {
            Tokens = tokens,
            Columns = columns,
            Values = (float*)_values.First,
            ValueStride = columns,
            Quants = (sbyte*)_quants.First,
            QuantStride = stride,
            Scales = (float*)_scales.First,
            Sums = (short*)_sums.First,
            Offsets = (int*)_offsets.First,
            ScaledSums = (float*)_scaledSums.First,
            SumTables = (float*)_sumTables.First,
        };
    }

    /// <summary>The batch of all tokens.</summary>
    public ActivationBatch Batch { get; }

    /// <summary>Takes values as they are for F32, and encodes them as <see cref="ActivationParts.Q8"/> defines.</summary>
    /// <param name="values"><c>[tokens][columns]</c>.</param>
    /// <param name="tokens">Tokens.</param>
    public static TestActivations Encode(ReadOnlySpan<float> values, int tokens)
    {
        var result = new TestActivations(tokens, values.Length / tokens);
        values.CopyTo(new Span<float>(result.Batch.Values, values.Length));
        for (int token = 0; token < tokens; token++)
        {
            for (int first = 0; first < result.Batch.Columns; first += 32)
            {
                result.EncodeBlock(token, first, Math.Min(32, result.Batch.Columns - first));
            }

            result.SumQuants(token);
        }

        return result;
    }

    /// <summary>Takes integers and scales as they are; the F32 values are their products.</summary>
    /// <param name="quants"><c>[tokens][columns]</c>, columns a multiple of 32.</param>
    /// <param name="scales"><c>[tokens][columns / 32]</c>.</param>
    /// <param name="tokens">Tokens.</param>
    public static TestActivations FromQuants(ReadOnlySpan<sbyte> quants, ReadOnlySpan<float> scales, int tokens)
    {
        int columns = quants.Length / tokens;
        var result = new TestActivations(tokens, columns);
        for (int token = 0; token < tokens; token++)
        {
            for (int c = 0; c < columns; c++)
            {
                sbyte q = quants[(token * columns) + c];
                float scale = scales[((token * columns) + c) / 32];
                result.Batch.QuantsOf(token)[c] = q;
                result.Batch.ScalesOf(token)[c / 32] = scale;
                result.Batch.ValuesOf(token)[c] = scale * q;
            }

            result.SumQuants(token);
        }

        return result;
    }

    /// <summary>Puts NaN, or numbers without sense, into what is not one of the parts.</summary>
    public void SpoilAllBut(ActivationParts parts)
    {
        Spoil(_values, ActivationParts.Values);
        Spoil(_quants, ActivationParts.Quants);
        Spoil(_scales, ActivationParts.Quants);
        Spoil(_sums, ActivationParts.Sums);
        Spoil(_offsets, ActivationParts.Offsets);
        Spoil(_scaledSums, ActivationParts.ScaledSums);
        Spoil(_sumTables, ActivationParts.SumTables);

        void Spoil(GuardedMemory memory, ActivationParts part)
        {
            if ((parts & part) == 0)
            {
                new Span<byte>(memory.First, checked((int)memory.Length)).Fill(0xFF);
            }
        }
    }

    /// <summary>A batch of some of the tokens.</summary>
    public ActivationBatch Tokens(int first, int count) => Batch.Slice(first, count);

    /// <summary>What an encoding of a token stands for, exactly.</summary>
    public double[] Decode(ActivationParts encoding, int token)
    {
        var values = new double[Batch.Columns];
        for (int c = 0; c < values.Length; c++)
        {
            values[c] = encoding == ActivationParts.Values
                ? Batch.ValuesOf(token)[c]
                : (double)Batch.ScalesOf(token)[c / 32] * Batch.QuantsOf(token)[c];
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _quants.Dispose();
        _scales.Dispose();
        _sums.Dispose();
        _offsets.Dispose();
        _scaledSums.Dispose();
        _sumTables.Dispose();
    }

    private void EncodeBlock(int token, int first, int count)
    {
        var x = new ReadOnlySpan<float>(Batch.ValuesOf(token) + first, count);
        float max = 0;
        foreach (float value in x)
        {
            max = Math.Max(max, Math.Abs(value));
        }

        float d = max / 127;
        Batch.ScalesOf(token)[first / 32] = d;
        for (int c = 0; c < count; c++)
        {
            Batch.QuantsOf(token)[first + c] = d == 0 ? (sbyte)0 : (sbyte)MathF.Round(x[c] / d, MidpointRounding.ToEven);
        }
    }

    private void SumQuants(int token)
    {
        for (int c = 0; c < Batch.Columns; c++)
        {
            Batch.SumsOf(token)[c / 16] += Batch.QuantsOf(token)[c];
        }

        for (int block = 0; block < Batch.QuantStride / 32; block++)
        {
            short* sums = Batch.SumsOf(token) + (2 * block);
            Batch.OffsetsOf(token)[2 * block] = -128 * sums[0];
            Batch.OffsetsOf(token)[(2 * block) + 1] = -128 * sums[1];
            Batch.ScaledSumsOf(token)[block] = Batch.ScalesOf(token)[block] * (sums[0] + sums[1]);
        }

        for (int i = 0; i < Batch.QuantStride / 4; i++)
        {
            float* scaledSums = Batch.ScaledSumsOf(token) + (i / 16 * 2);
            Batch.SumTablesOf(token)[i] = (i % 4 * scaledSums[0]) + (i % 16 / 4 * scaledSums[1]);
        }
    }
}
