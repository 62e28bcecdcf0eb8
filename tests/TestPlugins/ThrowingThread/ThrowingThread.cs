using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

/// <summary>Throws where no caller is.</summary>
[ExportQuantFormat(GgmlType.TQ1_0), Shared]
public sealed class ThrowingThread : StubFormat
{
    public ThrowingThread()
    {
        var thread = new Thread(() => throw new InvalidTimeZoneException("no luck\u001B[31m"));
        thread.Start();
        thread.Join();
    }
}
