using Tessera.Numerics;
using Tessera.Quantization;

namespace TestPlugins;

internal sealed class MisbehavingMatrix(WeightSource source, IWeightMatrix matrix) : IWeightMatrix
{
    public int Rows => (int)Fault.Number("rows", source.Rows);

    public int Columns => (int)Fault.Number("columns", source.Columns);

    public ActivationParts Reads => (ActivationParts)Fault.Number("reads", (int)ActivationParts.Values);

    public int RowGranularity => (int)Fault.Number("granularity", 1);

    public bool ReadsSource => Fault.Number("readsSource", 1) == 1;

    public string Kernel => Fault.Thing("kernel", "plain")!;

    public SimdLevel? Simd => (SimdLevel)Fault.Number("simd", 0);

    public long OwnBytes => Fault.Number("ownBytes", 0);

    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        Fault.At("multiply");
        matrix.Multiply(x, y);
    }

    public void Dispose() => Fault.At("dispose");
}
