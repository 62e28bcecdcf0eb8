using System.Globalization;
using Tessera.Architectures;
using Tessera.Catalog;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;
using Tessera.Tokenization;

namespace Tessera.Workbench.Explaining;

/// <summary>Tells what one file would run with.</summary>
internal sealed class FileExplainer(PluginCatalog plugins, ModelParts parts, GgufModelFile file, ModelOptions options)
{
    public ModelExplanation Explain(CancellationToken cancellationToken)
    {
        parts.CheckTensors(file);
        using var builder = new ExplainingModelBuilder(file, parts, options, cancellationToken);
        IModel model = builder.Build(parts.FindArchitecture(file.Metadata));
        return new ModelExplanation(
            file.Name,
            [
                ExplainPlugins(),
                Stage("architecture", parts.FindArchitecture(file.Metadata), "general.architecture", asked: false),
                ExplainTokenizer(),
                ExplainFormats(),
                ExplainNumerics(),
                new("instruction set", ProcessorFeatures.NameOf(options.Simd), "the best that the processor has and the runtime's settings allow"),
                ExplainPacking(),
                ExplainAssembling(),
                ExplainThreads(),
                ExplainCache(model, builder.States),
            ],
            [.. file.Parts.SelectMany(part => part.Tensors).SelectMany(builder.UsesOf, (tensor, use) => (Tensor: tensor, Use: use))
                .GroupBy(pair => (TensorClass.Of(pair.Tensor), pair.Use.Kernel), pair => pair)
                .Select(group => Describe([.. group.Select(pair => pair.Tensor)], [.. group.Select(pair => pair.Use)]))]);
    }

    private ExplainedTensors Describe(GgufTensor[] tensors, TensorUse[] uses)
    {
        GgufTensor first = tensors[0];
        PluginPart<IQuantFormat>? format = plugins.TryGetQuantFormat(first.Type, out PluginPart<IQuantFormat>? part) ? part : null;
        return new ExplainedTensors
        {
            Name = TensorClass.Of(first).Name,
            Shape = first.Dimensions,
            Count = tensors.Length,
            Type = format?.Names[0] ?? first.Type.ToString(),
            Plugin = format?.Plugin.ToString(),
            Kernel = uses[0].Kernel,
            Simd = uses[0].Simd,
            Placement = uses[0].Placement,
            FileBytes = format is null ? null : tensors.Sum(tensor => tensor.ByteLength(format.Value.Block)),
            MemoryBytes = uses.Sum(use => use.MemoryBytes),
        };
    }

    private ExplainedStage ExplainThreads()
    {
        ThreadPlacement placement = options.Placement;
        string pinned = options.PinThreads ? ", each on a core of its own" : "";
        string nodes = options.Numa ? $", distributed over {placement.Nodes} {(placement.Nodes == 1 ? "node" : "nodes")} of memory" : "";
        string reason = (options.Threads > 0 ? "asked for" : "one for each core") + (options.PinThreads || options.Numa ? ", placed as asked for" : "");
        return new("threads", $"{placement.Threads.Count}{pinned}{nodes}", reason);
    }

    private ExplainedStage ExplainPlugins()
    {
        string folders = string.Join(", ", plugins.Plugins.Select(plugin => Path.GetDirectoryName(plugin.Folder)).Distinct());
        return new(
            "plugins", $"{plugins.Plugins.Count} found, {plugins.Rejected.Count} rejected, {plugins.Conflicts.Count} keys in conflict", $"found in {folders}");
    }

    private ExplainedStage ExplainTokenizer()
    {
        const string Key = "tokenizer.ggml.model";
        if (options.Tokenizer is { } path && parts.IsTokenizerFile(path))
        {
            PluginPart<ITokenizerFactory> reader = parts.FindReader(path, InputFile.ReadAll(path));
            return new("tokenizer", $"{path}: {reader.Plugin}", "asked for, and the plugin reads it");
        }

        return options.Tokenizer is null && !file.Metadata.TryGetValue(Key, out _)
            ? new("tokenizer", "none", $"the file has no {Key}")
            : Stage("tokenizer", parts.FindTokenizer(file.Metadata, options.Tokenizer), Key, options.Tokenizer is not null);
    }

    private ExplainedStage ExplainFormats()
    {
        PluginPart<IQuantFormat>[] formats = [.. file.Tensors.Values.Select(tensor => tensor.Type).Distinct()
            .Select(type => plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format) ? format : null).OfType<PluginPart<IQuantFormat>>()];
        string[] chosen = [.. formats.Where(format => format.IsChosen).Select(format => format.Names[0])];
        return new(
            "formats",
            string.Join(", ", formats.Select(format => format.Names[0])),
            $"each tensor's type number; {(chosen.Length == 0 ? "no second plugin serves any" : $"the plugin was chosen for {string.Join(", ", chosen)}")}");
    }

    private ExplainedStage ExplainNumerics() => options.Numerics == NumericsMode.Exact
        ? new("numerics", "exact", "asked for: weights dequantized row by row, F32 activations; no format's kernels, nothing packed")
        : new("numerics", "fast", "the default: each format's own kernels");

    private ExplainedStage ExplainPacking() =>
        options.Numerics == NumericsMode.Exact ? new("packing", "no", "exact numerics read the file")
        : options.Repack ? new("packing", "allowed", "the default; a format packs where its kernels read that faster")
        : new("packing", "no", "asked for: weights stay as they are in the file");

    private ExplainedStage ExplainAssembling() =>
        !options.EmitCode ? new("assembled kernels", "no", "asked for: .NET's intrinsics only")
        : ProcessorFeatures.MachineCode is not { } machineCode ? new(
            "assembled kernels", "no", "the processor has no instructions that .NET lacks, or they are switched off")
        : file.Length < ModelBuilder.SmallestAssembledFile ? new(
            "assembled kernels",
            "no",
            $"the file has less than {ModelBuilder.SmallestAssembledFile:N0} bytes: starting the assembler would take longer than it saves")
        : new("assembled kernels", "allowed", $"the processor has {machineCode.Features}");

    private ExplainedStage ExplainCache(IModel model, DeclaredStates states)
    {
        KvCacheType type = LanguageModel.DefaultCacheTypeOf(options.Numerics);
        long page = new PageLayout(states, type).Groups.Sum(group => group.Bytes);
        string trained = model.Shape.ContextLength == 0 ? "not told" : model.Shape.ContextLength.ToString(CultureInfo.InvariantCulture);
        return new(
            "KV cache",
            string.Create(CultureInfo.InvariantCulture,
                $"{type}, {LanguageModel.DefaultContextOf(model.Shape)} positions, {page:N0} bytes for every {PageLayout.Positions} of a session"),
            $"the defaults: {type} in {(options.Numerics == NumericsMode.Exact ? "exact" : "fast")} numerics, "
            + $"what the model was trained for ({trained}) up to {LanguageModel.DefaultContextLength}");
    }

    private static ExplainedStage Stage<T>(string name, PluginPart<T> part, string key, bool asked)
        where T : class => new(
            name,
            $"{part.Names[0]}: {part.Plugin}",
            $"{(asked ? "it was asked for" : $"{key} in the file names it")}; {(part.IsChosen ? "its plugin was chosen" : "no second plugin serves it")}");
}
