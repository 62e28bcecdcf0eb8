using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Plugins;

namespace Tessera.Workbench.Quantizing;

/// <summary>Writes a model again with its weights in other formats.</summary>
/// <param name="plugins">What reads the formats of the one file and writes those of the other.</param>
public sealed class ModelQuantizer(PluginCatalog plugins)
{
    /// <summary>Tells what <see cref="Quantize"/> would do.</summary>
    /// <param name="path">A GGUF file; of a split model the first part.</param>
    /// <param name="options">What it is to become.</param>
    /// <exception cref="GgufException">The file cannot be used.</exception>
    /// <exception cref="MissingPluginException">A format has no plugin that reads it, or none that writes it.</exception>
    /// <exception cref="TesseraException">The options name what does not exist.</exception>
    public QuantizationPlan Plan(string path, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using GgufModelFile file = GgufModelFile.Open(path);
        return new QuantizationPlanner(plugins, file, options).Plan();
    }

    /// <summary>
    /// Writes the model to one file. It gets its name when it is complete; an earlier GGUF file of that name stays until then, and where anything
    /// fails.
    /// </summary>
    /// <param name="path">A GGUF file; of a split model the first part.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="options">What it is to become.</param>
    /// <param name="progress">Hears how far it is, on the thread that works.</param>
    /// <param name="cancellationToken">Stops it; nothing is left of the new file.</param>
    /// <exception cref="GgufException">The file cannot be used, or holds a weight that is no number.</exception>
    /// <exception cref="MissingPluginException">A format has no plugin that reads it, or none that writes it.</exception>
    /// <exception cref="TesseraException">The options name what does not exist, or the output is the model itself or no file to replace.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public QuantizationPlan Quantize(
        string path, string output, QuantizationOptions options,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using GgufModelFile file = GgufModelFile.Open(path);
        string[] inputs = [.. file.Parts.Select(part => part.Name), .. options.Importance is { } importance ? [importance.Name] : (string[])[]];
        ExpectNoOther(output);
        using OutputFile target = OutputFile.Create(output, inputs);
        var planner = new QuantizationPlanner(plugins, file, options);
        QuantizationPlan plan = planner.Plan();

        long total = plan.Elements;
        long done = 0;
        string current = "";
        var quantizer = new TensorQuantizer(
            options.Threads > 0 ? options.Threads : ModelOptions.BestThreads,
            elements => progress?.Report(new QuantizationProgress(current, done += elements, total)),
            cancellationToken);
        GgufWriter writer = QuantizedModelFile.Begin(file.Metadata, planner.Mix, options.Importance);
        foreach (TensorConversion tensor in plan.Tensors)
        {
            writer.AddTensor(tensor.Name, tensor.Type, QuantizedModelFile.DimensionsOf(tensor.Source), tensor.TargetBytes, stream =>
            {
                current = tensor.Name;
                quantizer.Write(tensor, stream);
            });
        }

        writer.WriteTo(target.Stream);
        target.Complete();
        return plan;
    }

    /// <summary>What is no GGUF file is there by a mistake in the command.</summary>
    private static void ExpectNoOther(string output)
    {
        if (InputFile.IsRegular(output) && !InputFile.BeginsWith(output, "GGUF"u8))
        {
            throw new TesseraException($"{output}: there is a file that is no GGUF file; it is not replaced.");
        }
    }
}
