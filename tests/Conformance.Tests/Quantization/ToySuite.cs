using Tessera.Conformance.Quantization;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Conformance.Tests.Quantization;

/// <summary>The suite for any format with the layout of <see cref="ToyFormat"/>.</summary>
internal sealed class ToySuite(IQuantFormat format) : QuantFormatConformance(format, (GgmlType)ToyGolden.Type, ToyGolden.Name)
{
    protected override string GoldenFile(string name) => Path.Combine(ToyGolden.Folder, name);
}
