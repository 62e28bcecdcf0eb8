using Tessera.Architectures;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Architecture.Llama.Tests;

/// <summary>Builds and runs tiny models.</summary>
internal static class TinyModel
{
    private static readonly ModelOptions Exact = new() { Numerics = NumericsMode.Exact, Threads = 2, Map = false };

    /// <summary>The shape of a model; for what can be said before it runs.</summary>
    public static ModelShape Shape(TinyLlama model)
    {
        using LanguageModel loaded = Load(BuiltPlugins.Loader, model);
        return loaded.Shape;
    }

    /// <summary>The rotary embedding that a model's file describes.</summary>
    public static RotaryEmbedding Rotary(TinyLlama model)
    {
        RotaryEmbedding? rotary = null;
        var probe = new BuilderProbe(builder => rotary = RopeScaling.Read(builder, model.Shape.Rotated, model.Shape.ContextLength));
        Load(BuiltPlugins.LoaderWith(probe), model).Dispose();
        return rotary!;
    }

    /// <summary>Bytes that an attempt to build a model allocates, up to its end.</summary>
    public static long BytesToBuild(TinyLlama model, out Exception? error)
    {
        long before = 0;
        long after = 0;
        var probe = new BuilderProbe(builder =>
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = new LlamaArchitecture().Build(builder);
            }
            finally
            {
                after = GC.GetAllocatedBytesForCurrentThread();
            }
        });
        error = Record.Exception(() => Load(BuiltPlugins.LoaderWith(probe), model).Dispose());
        return after - before;
    }

    /// <summary>The logits at every position in exact numerics, [ids, vocabulary].</summary>
    public static float[] Logits(TinyLlama model, int[] ids)
    {
        using LanguageModel loaded = Load(BuiltPlugins.Loader, model);
        using IModelSession session = loaded.CreateSession(ids.Length);
        var logits = new float[ids.Length * loaded.Shape.Vocabulary];
        session.Evaluate(ids, logits, TestContext.Current.CancellationToken);
        return logits;
    }

    /// <summary>Loads a model in exact numerics.</summary>
    public static LanguageModel Load(TinyLlama model) => Load(BuiltPlugins.Loader, model);

    private static LanguageModel Load(IModelLoader loader, TinyLlama model)
    {
        string folder = Directory.CreateTempSubdirectory("tessera-tiny-").FullName;
        try
        {
            string path = Path.Combine(folder, "tiny.gguf");
            File.WriteAllBytes(path, model.ToArray());
            return loader.LoadAsync(path, Exact, cancellationToken: TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
