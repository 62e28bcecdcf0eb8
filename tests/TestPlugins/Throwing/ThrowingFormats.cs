using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat((GgmlType)210), Shared]
public sealed class ThrowsInConstructor : PlainFormat
{
    public ThrowsInConstructor() => throw new InvalidOperationException("no luck in the constructor");
}

[ExportQuantFormat((GgmlType)211), Shared]
public sealed class ThrowsInBind : PlainFormat
{
    public override IWeightMatrix Bind(in WeightSource source, KernelOptions options) => throw new InvalidOperationException("no luck in Bind");
}

[ExportQuantFormat((GgmlType)212), Shared]
public sealed class ThrowsInKernel : PlainFormat
{
    protected override float Finish(float product, int tokens) => throw new InvalidOperationException("no luck in the kernel");
}

[ExportQuantFormat((GgmlType)213), Shared]
public sealed class ThrowsInDequantize : PlainFormat
{
    public override void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => throw new InvalidOperationException("no luck in Dequantize");
}

[ExportQuantFormat((GgmlType)214), Shared]
public sealed class BindsNothing : PlainFormat
{
    public override IWeightMatrix Bind(in WeightSource source, KernelOptions options) => null!;
}

/// <summary>A matrix with a row too many: the host would read what is not there.</summary>
[ExportQuantFormat((GgmlType)215), Shared]
public sealed class BindsAnotherShape : PlainFormat
{
    public override IWeightMatrix Bind(in WeightSource source, KernelOptions options) => base.Bind(source with { Rows = source.Rows + 1 }, options);
}
