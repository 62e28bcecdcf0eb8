using Tessera.Architectures;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Turns pairs of values by angles that grow with the position (Su et al. 2021).</summary>
internal sealed unsafe class Rotation : TokenOperation, IDisposable
{
    private readonly List<RotationAngles> _known = [];
    private RotationAngles _angles = null!;
    private ActivationRows _x;
    private int _headLength;

    /// <summary>Another batch begins: angles are those of the one before.</summary>
    public void Reset() => _known.ForEach(angles => angles.IsCurrent = false);

    public void Run(WorkerPool pool, BatchRows batch, ActivationRows x, int headLength, RotaryEmbedding rotary)
    {
        _angles = AnglesOf(rotary);
        if (!_angles.IsCurrent)
        {
            _angles.Prepare(pool, batch);
        }

        (_x, _headLength) = (x, headLength);
        Run(pool, x.Rows);
    }

    public void Dispose() => _known.ForEach(angles => angles.Dispose());

    protected override void ExecuteToken(int token)
    {
        RotaryEmbedding rotary = _angles.Rotary;
        int pairs = rotary.Frequencies.Length;
        float* cosines = _angles.Cosines(token);
        float* sines = _angles.Sines(token);
        float* head = _x.PointerTo(token);
        for (float* end = head + _x.Columns; head < end; head += _headLength)
        {
            if (rotary.Pairing == RotaryPairing.Adjacent)
            {
                for (int i = 0; i < pairs; i++)
                {
                    Turn(ref head[2 * i], ref head[(2 * i) + 1], cosines[i], sines[i]);
                }
            }
            else
            {
                for (int i = 0; i < pairs; i++)
                {
                    Turn(ref head[i], ref head[i + pairs], cosines[i], sines[i]);
                }
            }
        }
    }

    private RotationAngles AnglesOf(RotaryEmbedding rotary)
    {
        foreach (RotationAngles angles in _known)
        {
            if (ReferenceEquals(angles.Rotary, rotary))
            {
                return angles;
            }
        }

        _known.Add(new RotationAngles(rotary));
        return _known[^1];
    }

    private static void Turn(ref float a, ref float b, float cosine, float sine) =>
        (a, b) = ((a * cosine) - (b * sine), (a * sine) + (b * cosine));
}
