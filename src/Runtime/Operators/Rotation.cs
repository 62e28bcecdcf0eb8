using Tessera.Architectures;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Turns pairs of values by angles that grow with the position (Su et al. 2021).</summary>
internal sealed unsafe class Rotation : TokenOperation
{
    private readonly RotationAngles _angles;
    private Tensor _x;
    private int _headLength;
    private RotaryEmbedding _rotary = null!;

    public Rotation(RotationAngles angles) => _angles = angles;

    public void Run(WorkerPool pool, Tensor x, int headLength, RotaryEmbedding rotary)
    {
        (_x, _headLength, _rotary) = (x, headLength, rotary);
        Run(pool, x.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        int pairs = _rotary.Frequencies.Length;
        float* cosines = _angles.Cosines(token);
        float* sines = _angles.Sines(token);
        float* head = _x.Data + ((long)token * _x.Columns);
        for (float* end = head + _x.Columns; head < end; head += _headLength)
        {
            if (_rotary.Pairing == RotaryPairing.Adjacent)
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

    private static void Turn(ref float a, ref float b, float cosine, float sine) =>
        (a, b) = ((a * cosine) - (b * sine), (a * sine) + (b * cosine));
}
