using Tessera.Architectures;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Cosines and sines of a batch's positions, [token, pair], computed once per batch for all layers.</summary>
internal sealed unsafe class RotationAngles(RotaryEmbedding rotary) : TokenOperation, IDisposable
{
    private readonly NativeBuffer _cosines = new();
    private readonly NativeBuffer _sines = new();
    private BatchRows _batch = null!;

    public RotaryEmbedding Rotary => rotary;

    /// <summary>Whether they are those of the batch that runs.</summary>
    public bool IsCurrent { get; set; }

    public void Prepare(WorkerPool pool, BatchRows batch)
    {
        _batch = batch;
        long bytes = (long)batch.Count * rotary.Frequencies.Length * sizeof(float);
        _cosines.Reserve(bytes);
        _sines.Reserve(bytes);
        Run(pool, batch.Count);
        IsCurrent = true;
    }

    public float* Cosines(int token) => (float*)_cosines.Data + ((long)token * rotary.Frequencies.Length);

    public float* Sines(int token) => (float*)_sines.Data + ((long)token * rotary.Frequencies.Length);

    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
    }

    protected override void ExecuteToken(int token)
    {
        float[] frequencies = rotary.Frequencies;
        double position = _batch.Positions[token];
        float* cosines = Cosines(token);
        float* sines = Sines(token);
        for (int i = 0; i < frequencies.Length; i++)
        {
            (double sine, double cosine) = Math.SinCos(position * frequencies[i]);
            cosines[i] = (float)cosine * rotary.Magnitude;
            sines[i] = (float)sine * rotary.Magnitude;
        }
    }
}
