using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat((GgmlType)220, Name = "Off"), Shared]
public sealed class OffByAThousandth : PlainFormat
{
    protected override float Finish(float product, int tokens) => product * 1.001f;
}

/// <summary>Rounds otherwise as soon as there are several tokens.</summary>
[ExportQuantFormat((GgmlType)221, Name = "Batch"), Shared]
public sealed class DependsOnBatch : PlainFormat
{
    protected override float Finish(float product, int tokens) => tokens == 1 ? product : MathF.BitIncrement(product);
}

[ExportQuantFormat((GgmlType)222, Name = "Infinite"), Shared]
public sealed class NeverFinite : PlainFormat
{
    public override void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => values.Fill(float.PositiveInfinity);
}
