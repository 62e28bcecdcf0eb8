using Tessera.Architectures;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Architecture.Llama.Tests;

/// <summary>Builds and runs tiny models.</summary>
internal static class TinyModel
{
    /// <summary>Builds a model from memory, as the host would; for what can be said before it runs.</summary>
    public static IModel Build(TinyLlama model)
    {
        using GgufModelFile file = GgufModelFile.From(GgufFile.Read(model.ToArray(), "tiny.gguf"));
        using var builder = Builder(file);
        return new LlamaArchitecture().Build(builder);
    }

    /// <summary>The rotary embedding that a model's file describes.</summary>
    public static RotaryEmbedding Rotary(TinyLlama model)
    {
        using GgufModelFile file = GgufModelFile.From(GgufFile.Read(model.ToArray(), "tiny.gguf"));
        using var builder = Builder(file);
        return RopeScaling.Read(builder, model.Shape.Rotated, model.Shape.ContextLength);
    }

    /// <summary>The logits at every position in exact numerics, [ids, vocabulary].</summary>
    public static async Task<float[]> Logits(TinyLlama model, int[] ids)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, model.ToArray(), TestContext.Current.CancellationToken);
            return await Logits(path, ids);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The logits at every position in exact numerics, [ids, vocabulary].</summary>
    public static async Task<float[]> Logits(string path, int[] ids)
    {
        var options = new ModelOptions { Numerics = NumericsMode.Exact, Threads = 2 };
        using LanguageModel model = await BuiltPlugins.Loader.LoadAsync(path, options, cancellationToken: TestContext.Current.CancellationToken);
        using IModelSession session = model.CreateSession(ids.Length);
        var logits = new float[ids.Length * model.Shape.Vocabulary];
        session.Evaluate(ids, logits, TestContext.Current.CancellationToken);
        return logits;
    }

    private static ModelBuilder Builder(GgufModelFile file) =>
        new(file, FormatOf, new ModelOptions { Numerics = NumericsMode.Exact }, null, TestContext.Current.CancellationToken);

    private static IQuantFormat FormatOf(GgufTensor tensor)
    {
        Assert.True(BuiltPlugins.Catalog.TryGetQuantFormat(tensor.Type, out var format));
        return format.Value;
    }
}
