using Microsoft.Extensions.DependencyInjection;
using Tessera.Gguf;
using Tessera.Host.Tests.Loading;
using Tessera.Host.Tests.Plugins;
using Tessera.Workbench.Quantizing;

namespace Tessera.Host.Tests.Workbench.Quantizing;

/// <summary>A quantizer with the plugins as they were built and the formats of a test plugin, and a folder for files.</summary>
public sealed class QuantizerFixture : IDisposable
{
    private readonly PluginFolder _plugins = new("Quantizers");
    private readonly ServiceProvider _services;

    public QuantizerFixture()
    {
        _services = new ServiceCollection().AddTessera(engine => engine.Configure(options => options.Folders = [TinyEngine.Plugins, _plugins.Path]))
            .AddTesseraWorkbench().BuildServiceProvider();
        Quantizer = _services.GetRequiredService<ModelQuantizer>();
    }

    public ModelQuantizer Quantizer { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tessera-quantize-").FullName;

    public string File(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file and returns its path.</summary>
    internal string Save(GgufWriter writer, string name = "model.gguf")
    {
        System.IO.File.WriteAllBytes(File(name), writer.ToArray());
        return File(name);
    }

    public void Dispose()
    {
        _services.Dispose();
        _plugins.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Adds a tensor of F32 weights between -1 and 1, the same ones each time.</summary>
    internal static float[] AddWeights(GgufWriter writer, string name, params long[] dimensions)
    {
        var random = new Random(name.Length);
        var values = new float[dimensions.Aggregate(1L, (product, extent) => product * extent)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        writer.AddTensor(name, GgmlType.F32, dimensions, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray());
        return values;
    }
}
