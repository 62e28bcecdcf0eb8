using Tessera.Architectures;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Operators;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

public sealed class RotationTests : IDisposable
{
    private static readonly float[] Frequencies = [1, 0.3f, 0.01f];

    private readonly WorkerPool _pool = new(2);
    private readonly Rotation _rotation = new();
    private readonly BatchRows _batch = new();

    public void Dispose()
    {
        _rotation.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [InlineData(RotaryPairing.Adjacent, 6, 0)]
    [InlineData(RotaryPairing.Adjacent, 9, 1000)]
    [InlineData(RotaryPairing.Halves, 6, 0)]
    [InlineData(RotaryPairing.Halves, 9, 1000)]
    public void Pairs_turn_by_position_times_frequency_and_what_has_none_stays(RotaryPairing pairing, int headLength, int firstPosition)
    {
        const int Tokens = 9;
        const int Heads = 3;
        using TestTensor x = TestTensor.Random(Tokens, Heads * headLength);
        float[] before = x.Values.ToArray();

        Rotate(x, headLength, new RotaryEmbedding(Frequencies, pairing, 1.5f), firstPosition);

        for (int token = 0; token < Tokens; token++)
        {
            for (int head = 0; head < Heads; head++)
            {
                int offset = ((token * Heads) + head) * headLength;
                double[] expected = Turned(before.AsSpan(offset, headLength), pairing, firstPosition + token, 1.5);
                Assert.Equal(expected, x.Values.Slice(offset, headLength).ToArray().Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-6);
            }
        }
    }

    [Fact]
    public void At_position_zero_nothing_turns()
    {
        using TestTensor x = TestTensor.Random(1, 12);
        float[] before = x.Values.ToArray();

        Rotate(x, 6, new RotaryEmbedding(Frequencies, RotaryPairing.Adjacent), 0);

        Assert.Equal(before, x.Values.ToArray());
    }

    [Fact]
    public void Far_positions_keep_their_precision()
    {
        // 1,000,003 radians as a product of 32-bit numbers would be off by up to 0.03.
        using TestTensor x = TestTensor.Of(1, 1, 0);

        Rotate(x, 2, new RotaryEmbedding([1.0000001f], RotaryPairing.Adjacent), 1_000_003);

        (double sine, double cosine) = Math.SinCos(1_000_003 * (double)1.0000001f);
        Assert.Equal(cosine, x.Values[0], 1e-7);
        Assert.Equal(sine, x.Values[1], 1e-7);
    }

    [Fact]
    public void Two_embeddings_in_one_batch_have_their_own_angles()
    {
        var quick = new RotaryEmbedding([1], RotaryPairing.Adjacent);
        var slow = new RotaryEmbedding([0.5f], RotaryPairing.Adjacent);
        foreach (RotaryEmbedding rotary in (RotaryEmbedding[])[quick, slow, quick])
        {
            using TestTensor x = TestTensor.Of(1, 1, 0);

            Rotate(x, 2, rotary, 2);

            Assert.Equal(Math.Cos(2 * rotary.Frequencies[0]), x.Values[0], 1e-7);
        }
    }

    [Fact]
    public void The_next_batch_has_angles_of_its_own_positions()
    {
        var rotary = new RotaryEmbedding([1], RotaryPairing.Adjacent);
        using TestTensor first = TestTensor.Of(1, 1, 0);
        using TestTensor second = TestTensor.Of(3, 1, 0, 1, 0, 1, 0);
        Rotate(first, 2, rotary, 0);

        _rotation.Reset();
        Rotate(second, 2, rotary, 1);

        Assert.Equal([Math.Cos(1), Math.Cos(2), Math.Cos(3)], [second.Values[0], second.Values[2], second.Values[4]], (a, b) => Math.Abs(a - b) < 1e-7);
    }

    private void Rotate(TestTensor x, int headLength, RotaryEmbedding rotary, int firstPosition)
    {
        using Sequence sequence = new StatePool(new DeclaredStates(), KvCacheType.F32, 0, () => new byte[32]).Create();
        sequence.Append(new int[firstPosition]);
        _batch.Fill([new BatchPart(sequence, new int[x.Tensor.Rows], 0)]);
        _rotation.Run(_pool, _batch, x.Tensor, headLength, rotary);
    }

    private static double[] Turned(ReadOnlySpan<float> head, RotaryPairing pairing, int position, double magnitude)
    {
        double[] y = [.. head.ToArray().Select(v => (double)v)];
        for (int i = 0; i < Frequencies.Length; i++)
        {
            (int a, int b) = pairing == RotaryPairing.Adjacent ? (2 * i, (2 * i) + 1) : (i, i + Frequencies.Length);
            (double sine, double cosine) = Math.SinCos(position * (double)Frequencies[i]);
            (y[a], y[b]) = (magnitude * ((head[a] * cosine) - (head[b] * sine)), magnitude * ((head[a] * sine) + (head[b] * cosine)));
        }

        return y;
    }
}
