using System.Composition;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Architectures;
using Tessera.Catalog;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Plugins;
using Xunit;

namespace Tessera.Conformance.Architectures;

/// <summary>
/// What every architecture promises. Derive a class, say how a small model of it looks, and the whole suite runs for it. No plugin is needed: F32
/// tensors are read by the kit itself.
/// </summary>
/// <param name="architecture">The architecture.</param>
/// <param name="name">The value of <c>general.architecture</c> that it is exported for.</param>
/// <param name="goldenName">The reference's model in the golden data (<c>llama-dense</c>), or null where there is none.</param>
public abstract partial class ArchitectureConformance(IArchitecture architecture, string name, string? goldenName)
{
    // Squared error over squared reference. The reference computes with 8-bit activations.
    private const double LargestGoldenError = 1e-6;

    /// <summary>A model of a few thousand weights with everything that the architecture needs, and at least ten tokens.</summary>
    protected abstract TestModel CreateModel();

    /// <summary>Whether the architecture can do without a tensor of <see cref="CreateModel"/>.</summary>
    protected virtual bool IsOptional(string tensor) => false;

    /// <summary>Folders with the plugins of the formats that the golden model has. Without any, F32 tensors are read by the kit itself.</summary>
    protected virtual IReadOnlyList<string> FormatFolders => [];

    /// <summary>The golden model.</summary>
    protected virtual string GoldenModelPath => Golden.Path($"architectures/{goldenName}.gguf");

    /// <summary>The tokens that the golden logits were computed for.</summary>
    protected virtual int[] GoldenIds =>
        [.. File.ReadAllText(Golden.Path("architectures/ids.txt")).Split(',').Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    /// <summary>The reference's logits at every position: a file of binary32 values, [ids, vocabulary].</summary>
    protected virtual string GoldenLogitsPath => Golden.Path($"architectures/{goldenName}.logits.f32");

    [Fact]
    public void Is_exported_and_shared_for_its_name()
    {
        var export = architecture.GetType().GetCustomAttribute<ExportArchitectureAttribute>();

        Assert.Equal(name, export?.Name);
        Assert.NotNull(architecture.GetType().GetCustomAttribute<SharedAttribute>());
    }

    [Fact]
    public void Exact_logits_are_the_references()
    {
        if (goldenName is null)
        {
            Assert.Skip("the reference has no golden logits for this architecture");
        }

        float[] expected = Golden.Floats(GoldenLogitsPath);
        int[] ids = GoldenIds;
        using LanguageModel model = Load(GoldenModelPath, NumericsMode.Exact);
        using IModelSession session = model.CreateSession(ids.Length);

        float[] actual = Evaluate(session, model, ids);

        Assert.Equal(expected.Length, actual.Length);
        double error = expected.Zip(actual, (e, a) => Math.Pow(e - a, 2)).Sum() / expected.Sum(e => (double)e * e);
        Assert.InRange(error, 0, LargestGoldenError);
    }

    /// <summary>Loads the small model.</summary>
    private LanguageModel Load(NumericsMode numerics = NumericsMode.Exact) => Load(CreateModel(), numerics);

    private LanguageModel Load(TestModel model, NumericsMode numerics)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, model.ToArray());
            return Load(path, numerics);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private LanguageModel Load(string path, NumericsMode numerics)
    {
        var options = new PluginOptions { Parts = FormatFolders.Count == 0 ? [architecture, new PlainFloats()] : [architecture] };
        var plugins = PluginCatalog.Load(
            FormatFolders.Select(folder => new PluginSearchFolder(folder, PluginSource.Option)), options, NullLoggerFactory.Instance);
        using ServiceProvider services = new ServiceCollection().AddSingleton(plugins).AddTessera().BuildServiceProvider();
        var model = new ModelOptions { Numerics = numerics, Threads = 2, Map = false };
        return services.GetRequiredService<IModelLoader>()
            .LoadAsync(path, model, cancellationToken: TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>The logits of all tokens, [ids, vocabulary], evaluated together.</summary>
    private static float[] Evaluate(IModelSession session, LanguageModel model, ReadOnlySpan<int> ids)
    {
        var logits = new float[ids.Length * model.Shape.Vocabulary];
        session.Evaluate(ids, logits, TestContext.Current.CancellationToken);
        return logits;
    }
}
