using Tessera.Architectures;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Cosines and sines of a batch's positions, [token, pair], computed once per batch for all layers.</summary>
internal sealed unsafe class RotationAngles : TokenOperation, IDisposable
{
    private readonly NativeBuffer _cosines = new();
    private readonly NativeBuffer _sines = new();
    private RotaryEmbedding? _rotary;
    private int _firstPosition;

    /// <summary>Forgets the angles: another batch begins.</summary>
    public void Reset() => _rotary = null;

    public void Prepare(WorkerPool pool, RotaryEmbedding rotary, int firstPosition, int tokens)
    {
        if (ReferenceEquals(rotary, _rotary))
        {
            return;
        }

        (_rotary, _firstPosition) = (rotary, firstPosition);
        long bytes = (long)tokens * rotary.Frequencies.Length * sizeof(float);
        _cosines.Reserve(bytes);
        _sines.Reserve(bytes);
        Run(pool, tokens);
    }

    public float* Cosines(int token) => (float*)_cosines.Data + ((long)token * _rotary!.Frequencies.Length);

    public float* Sines(int token) => (float*)_sines.Data + ((long)token * _rotary!.Frequencies.Length);

    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
    }

    protected override void ExecuteToken(int token)
    {
        float[] frequencies = _rotary!.Frequencies;
        float* cosines = Cosines(token);
        float* sines = Sines(token);
        for (int i = 0; i < frequencies.Length; i++)
        {
            (double sine, double cosine) = Math.SinCos((double)(_firstPosition + token) * frequencies[i]);
            cosines[i] = (float)cosine * _rotary.Magnitude;
            sines[i] = (float)sine * _rotary.Magnitude;
        }
    }
}
