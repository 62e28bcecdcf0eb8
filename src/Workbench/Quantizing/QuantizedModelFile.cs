using Tessera.Gguf;
using Tessera.Workbench.Importance;
using Tessera.Workbench.Quantizing.Mixes;

namespace Tessera.Workbench.Quantizing;

/// <summary>The metadata of a quantized model: that of the model, with what llama-quantize puts at its end, in the same order.</summary>
internal static class QuantizedModelFile
{
    private const string VersionKey = "general.quantization_version";
    private const string FileTypeKey = "general.file_type";

    /// <summary>The layouts of blocks as they have been since 2023.</summary>
    private const uint Version = 2;

    private static readonly string[] s_replaced = [VersionKey, FileTypeKey, "split.no", "split.count", "split.tensors.count"];

    public static GgufWriter Begin(IGgufMetadata metadata, QuantizationMix mix, ImportanceMatrix? importance)
    {
        var writer = new GgufWriter();
        foreach (string key in metadata.Keys.Except(s_replaced))
        {
            writer.Set(key, metadata.TryGetValue(key, out GgufValue? value) ? value : throw new KeyNotFoundException(key));
        }

        writer.Set(VersionKey, Version);
        if (mix.FileType is { } fileType)
        {
            writer.Set(FileTypeKey, fileType);
        }

        if (importance is not null)
        {
            writer.Set("quantize.imatrix.file", importance.Name);
            if (importance.Datasets is [string dataset, ..])
            {
                writer.Set("quantize.imatrix.dataset", dataset);
            }

            writer.Set("quantize.imatrix.entries_count", (uint)importance.Count);
            if (importance.Chunks > 0)
            {
                writer.Set("quantize.imatrix.chunks_count", (uint)importance.Chunks);
            }
        }

        return writer;
    }

    /// <summary>Trailing extents of 1 are not written.</summary>
    public static ReadOnlySpan<long> DimensionsOf(GgufTensor tensor)
    {
        int count = tensor.Dimensions.Count;
        while (count > 1 && tensor.Dimensions[count - 1] == 1)
        {
            count--;
        }

        return tensor.Dimensions.Take(count).ToArray();
    }
}
