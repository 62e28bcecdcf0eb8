using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Tokenization;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat(GgmlType.Q8_0), Shared]
public sealed class GoodPart : StubFormat;

[ExportQuantFormat(GgmlType.IQ1_S), Export(typeof(IQuantFormat)), Shared]
public sealed class PartWithTwoExports : StubFormat;

[Export(typeof(IQuantFormat)), Shared]
public sealed class PartWithoutKey : StubFormat;

[ExportQuantFormat(GgmlType.IQ2_S), ExportMetadata("Type", GgmlType.IQ3_S), Shared]
public sealed class PartWithTwoKeys : StubFormat;

[ExportQuantFormat(GgmlType.IQ2_XS), Shared]
public sealed class PartOfNoFormat;

[ExportQuantFormat(GgmlType.IQ4_NL), Shared]
public abstract class AbstractPart : StubFormat;

[ExportQuantFormat((GgmlType)231, Name = ""), Shared]
public sealed class PartWithoutName : StubFormat;

[ExportTokenizer(null!), Shared]
public sealed class PartWithNullKey : ITokenizerFactory
{
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options) => throw new NotSupportedException();
}

[ExportQuantFormat((GgmlType)232), Shared]
public sealed class GenericPart<T> : StubFormat;

/// <summary>Wants what nobody exports.</summary>
[ExportQuantFormat(GgmlType.MXFP4), Shared]
public sealed class PartWithMissingImport : StubFormat
{
    [ImportingConstructor]
    public PartWithMissingImport(IDisposable unknown) => _ = unknown;
}
