using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

/// <summary>Exports the key that GoodFormat exports, too.</summary>
[ExportQuantFormat(GgmlType.Q4_K), Shared]
public sealed class SecondFormat : StubFormat;

[ExportQuantFormat(GgmlType.Q4_0), Shared]
public sealed class FirstOfOneKey : StubFormat;

[ExportQuantFormat(GgmlType.Q4_0), Shared]
public sealed class SecondOfOneKey : StubFormat;
