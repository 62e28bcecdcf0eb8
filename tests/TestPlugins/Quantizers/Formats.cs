using System.Composition;
using System.Runtime.InteropServices;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat((GgmlType)220, Name = "Bytes32"), Shared]
public sealed class Bytes32() : BytesFormat(32, (GgmlType)221);

/// <summary>It has nothing to recommend for rows that are no multiple of 4.</summary>
[ExportQuantFormat((GgmlType)221, Name = "Bytes4"), Shared]
public sealed class Bytes4() : BytesFormat(4, null);

[ExportQuantFormat((GgmlType)222), Shared]
public sealed class ThrowsInQuantize() : BytesFormat(1, null)
{
    public override void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        throw new InvalidOperationException("no luck in Quantize");
}

/// <summary>Keeps the importance in place of the weights, or -1 where there is none.</summary>
[ExportQuantFormat((GgmlType)223, Name = "Importance"), Shared]
public sealed class KeepsImportance : PlainFormat, IQuantizer
{
    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Span<float> values = MemoryMarshal.Cast<byte, float>(blocks);
        values.Fill(-1);
        importance.CopyTo(values);
    }
}

[ExportQuantFormat((GgmlType)224, Name = "ReadOnly"), Shared]
public sealed class ReadOnlyFormat : PlainFormat;
