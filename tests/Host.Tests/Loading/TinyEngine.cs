using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Host.Tests.Loading;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Workbench.Explaining;
using Tessera.Workbench.Verification;

[assembly: AssemblyFixture(typeof(TinyEngine))]

namespace Tessera.Host.Tests.Loading;

/// <summary>A generic host with the engine and the plugins as they were built, and a folder for tiny models. It is made once for all tests.</summary>
public sealed class TinyEngine : IDisposable
{
    internal static readonly string Plugins = typeof(TinyEngine).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Plugins").Value!;

    private readonly IHost _host;
    private readonly string _folder = Directory.CreateTempSubdirectory("tessera-tiny-").FullName;
    private int _files;

    public TinyEngine()
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTessera(engine => engine.Configure(options => options.Folders = [Plugins])).AddTesseraWorkbench();
        _host = builder.Build();
    }

    public IServiceProvider Services => _host.Services;

    public IModelLoader Loader => Services.GetRequiredService<IModelLoader>();

    public ModelExplainer Explainer => Services.GetRequiredService<ModelExplainer>();

    public ModelVerifier Verifier => Services.GetRequiredService<ModelVerifier>();

    public void Dispose()
    {
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Writes a model to a file and returns the path.</summary>
    internal string Save(TinyLlama model)
    {
        string path = Path.Combine(_folder, $"tiny-{Interlocked.Increment(ref _files)}.gguf");
        File.WriteAllBytes(path, model.ToArray());
        return path;
    }

    internal Task<LanguageModel> LoadAsync(TinyLlama model, NumericsMode numerics = NumericsMode.Exact, int threads = 2) =>
        Loader.LoadAsync(Save(model), new ModelOptions { Numerics = numerics, Threads = threads }, cancellationToken: TestContext.Current.CancellationToken);
}
