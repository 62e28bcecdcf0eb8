using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat((GgmlType)230, Name = "Misbehaving"), Shared]
public sealed class MisbehavingFormat : PlainFormat, IQuantFormat, IQuantizer
{
    private static readonly int Ready = Start();

    public MisbehavingFormat()
    {
        _ = Ready;
        Fault.At("constructor");
    }

    BlockGeometry IQuantFormat.Block => new((int)Fault.Number("block", 1), sizeof(float));

    public GgmlType? Fallback => (GgmlType)Fault.Number("fallback", 0);

    public override void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        Fault.At("dequantize");
        base.Dequantize(blocks, values);
    }

    public override IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        Fault.Thing("bind", new MisbehavingMatrix(source, base.Bind(source, options)))!;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Fault.At("quantize");
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(row).CopyTo(blocks);
    }

    private static int Start()
    {
        Fault.At("static");
        return 1;
    }
}
