using System.CommandLine;
using System.Globalization;
using Tessera.Architectures;
using Tessera.Catalog;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Cli.Plotting;
using Tessera.Gguf;
using Tessera.Gguf.Files;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Tokenization;
using Tessera.Workbench.Tensors;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera inspect</c>: what a file holds and which plugin will serve it.</summary>
internal sealed class InspectCommand
{
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Option<string?> _plot = CommonOptions.Plot("Draw sizes by tensor and type, and the values of each layer.");
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var inspect = new InspectCommand();
        var command = new Command("inspect", "Shows a model's metadata and tensors, and which plugin serves each.")
        {
            inspect._model, inspect._plot, inspect._json,
        };
        command.SetAction((arguments, cancellationToken) => Task.Run(() => inspect.Execute(arguments, cancellationToken), CancellationToken.None));
        return command;
    }

    private int Execute(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var engine = new Engine(arguments);
        using GgufModelFile file = GgufModelFile.Open(arguments.GetRequiredValue(_model));
        InspectResult result = Inspect(file, engine.Plugins);
        if (arguments.GetValue(_plot) is { } path)
        {
            using OutputFile output = OutputFile.Create(path, file.Parts.Select(part => part.Name));
            ModelPlot.Write(output.Stream, PlotFile.IsSvg(path), result.Tensors, ValueHistogram.Measure(file, engine.Plugins, cancellationToken));
            output.Complete();
        }

        if (arguments.GetValue(_json))
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(result));
        }
        else
        {
            Show(file, result);
        }

        return ExitCode.Success;
    }

    internal static InspectResult Inspect(GgufModelFile file, PluginCatalog plugins)
    {
        foreach (GgufFile part in file.Parts)
        {
            part.CheckTensors(type => FormatOf(plugins, type)?.Value.Block);
        }

        var served = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        if (file.Metadata.GetString("general.architecture", null) is string architecture)
        {
            served[$"architecture {architecture}"] = plugins.TryGetArchitecture(architecture, out PluginPart<IArchitecture>? part)
                ? part.Plugin.ToString()
                : null;
        }

        if (file.Metadata.GetString("tokenizer.ggml.model", null) is string tokenizer)
        {
            served[$"tokenizer {tokenizer}"] = plugins.TryGetTokenizer(tokenizer, out PluginPart<ITokenizerFactory>? part) ? part.Plugin.ToString() : null;
        }

        var tensors = new List<TensorEntry>();
        foreach (GgufTensor tensor in file.Parts.SelectMany(p => p.Tensors))
        {
            PluginPart<IQuantFormat>? format = FormatOf(plugins, tensor.Type);
            string? plugin = format?.Plugin.ToString();
            served[$"quantization format {tensor.Type}"] = plugin;
            long? bytes = format is null ? null : tensor.ByteLength(format.Value.Block);
            tensors.Add(
                new TensorEntry(tensor.Name, tensor.Dimensions, tensor.Type.ToString(), (uint)tensor.Type, bytes, tensor.Offset, tensor.File.Name, plugin));
        }

        return new InspectResult
        {
            Files = [.. file.Parts.Select(p => p.Name)],
            Metadata = MetadataJson.Of(file.Metadata),
            Plugins = served,
            Tensors = tensors,
        };
    }

    private static PluginPart<IQuantFormat>? FormatOf(PluginCatalog plugins, GgmlType type) =>
        plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format) ? format : null;

    private static void Show(GgufModelFile file, InspectResult result)
    {
        foreach (GgufFile part in file.Parts)
        {
            Terminal.Line($"[bold]{part.Name}[/]  GGUF {part.Version}, {part.Length:N0} bytes, {part.Tensors.Count} tensors");
        }

        var metadata = new ReportTable("key", "value");
        foreach ((string key, System.Text.Json.Nodes.JsonNode? value) in result.Metadata)
        {
            metadata.AddRow(key, MetadataJson.Brief(value));
        }

        Terminal.Write(metadata);
        ReportTable tensors = new ReportTable("tensor", "shape", "type").AddNumbers("bytes", "offset").Add("plugin");
        foreach (TensorEntry tensor in result.Tensors)
        {
            tensors.AddRow(
                tensor.Name,
                string.Join(" x ", tensor.Shape),
                tensor.Type,
                tensor.Bytes?.ToString("N0", CultureInfo.InvariantCulture) ?? "?",
                tensor.Offset.ToString("N0", CultureInfo.InvariantCulture),
                tensor.Plugin ?? StyledText.Of($"[red]missing[/]"));
        }

        Terminal.Write(tensors);
        foreach ((string what, string? plugin) in result.Plugins)
        {
            if (plugin is null)
            {
                Terminal.Line($"[red]missing[/] {what}: no plugin serves it");
            }
            else
            {
                Terminal.Line($"[green]served[/]  {what}: {plugin}");
            }
        }
    }
}
