using System.Globalization;
using System.Text.RegularExpressions;

namespace Tessera.Gguf;

/// <summary>A model on disk: one GGUF file, or all parts of a split one (<c>NAME-00001-of-0000N.gguf</c>).</summary>
public sealed partial class GgufModelFile : IDisposable
{
    private const string NumberKey = "split.no";
    private const string CountKey = "split.count";
    private const string TensorsKey = "split.tensors.count";

    private GgufModelFile(IReadOnlyList<GgufFile> parts)
    {
        Parts = parts;
        Tensors = new GgufTensorDictionary(parts);
    }

    /// <summary>The files, in order.</summary>
    public IReadOnlyList<GgufFile> Parts { get; }

    /// <summary>The path of the first file.</summary>
    public string Name => Parts[0].Name;

    /// <summary>The metadata of the first file, which describes the whole model.</summary>
    public IGgufMetadata Metadata => Parts[0].Metadata;

    /// <summary>The tensors of all files by name.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors { get; }

    /// <summary>Bytes of all files.</summary>
    public long Length => Parts.Sum(p => p.Length);

    /// <summary>Values in the tensors of all files; <see cref="long.MaxValue"/> where there are more, as tensors whose format nobody knows may claim.</summary>
    internal long Elements =>
        Parts.SelectMany(part => part.Tensors).Aggregate(0L, (sum, tensor) => sum > long.MaxValue - tensor.Elements ? long.MaxValue : sum + tensor.Elements);

    /// <summary>Opens a model; of a split one the first part is named and the others are found beside it.</summary>
    /// <exception cref="GgufException">A file cannot be read, is invalid, or is not part of this model.</exception>
    public static GgufModelFile Open(string path) => Open(path, map: true);

    /// <summary>Opens a model; of a split one the first part is named and the others are found beside it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="map">Whether files are mapped, or else read into memory.</param>
    /// <exception cref="GgufException">A file cannot be read, is invalid, or is not part of this model.</exception>
    /// <exception cref="TesseraException">The system does not give as much memory as the files have bytes.</exception>
    public static GgufModelFile Open(string path, bool map)
    {
        var parts = new List<GgufFile> { GgufFile.Open(path, map) };
        try
        {
            IGgufMetadata metadata = parts[0].Metadata;
            int count = metadata.GetInt32(CountKey, 1);
            if (count < 0)
            {
                throw Error(parts[0], CountKey, $"{count} is no number of parts");
            }

            if (count > 1)
            {
                ExpectPart(parts[0], 0, count);
                for (int i = 1; i < count; i++)
                {
                    string part = PathOfPart(path, i, count);
                    if (!File.Exists(part))
                    {
                        throw new GgufException(part, "", -1, $"part {i + 1} of {count} of the model {path} is missing");
                    }

                    parts.Add(GgufFile.Open(part, map));
                    ExpectPart(parts[i], i, count);
                }

                int actual = parts.Sum(p => p.Tensors.Count);
                int expected = metadata.GetInt32(TensorsKey, actual);
                if (expected != actual)
                {
                    throw Error(parts[0], TensorsKey, $"says {expected} tensors, the {count} parts hold {actual}");
                }
            }

            return new GgufModelFile(parts);
        }
        catch
        {
            parts.ForEach(p => p.Dispose());
            throw;
        }
    }

    /// <summary>Uses one file that is already open.</summary>
    public static GgufModelFile From(GgufFile file) => new([file]);

    /// <exception cref="GgufException">A mapped file was written since it was opened.</exception>
    internal void ExpectUnchanged()
    {
        // Asked before each batch: an enumerator of an interface would be an object each time.
        for (int i = 0; i < Parts.Count; i++)
        {
            Parts[i].ExpectUnchanged();
        }
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (GgufFile part in Parts)
        {
            part.Dispose();
        }
    }

    private static void ExpectPart(GgufFile file, int index, int count)
    {
        int number = file.Metadata.GetInt32(NumberKey);
        int total = file.Metadata.GetInt32(CountKey, count);
        if (total != count)
        {
            throw Error(file, CountKey, $"the file says {total} parts, the first part says {count}");
        }

        if (number != index)
        {
            string hint = index == 0 ? "; name the first part, the others are found beside it" : "";
            throw Error(file, NumberKey, $"the file is part {number + 1L} of {total}, not part {index + 1} of {count}{hint}");
        }
    }

    private static GgufException Error(GgufFile file, string key, string problem) =>
        new(file.Name, $"key '{key}'", file.Metadata.TryGetValue(key, out GgufValue? value) ? value.Offset : -1, problem);

    private static string PathOfPart(string first, int index, int count)
    {
        Match match = PartName().Match(first);
        if (!match.Success)
        {
            throw new GgufException(first, $"key '{CountKey}'", -1,
                $"the model has {count} parts, but the file's name does not end in -00001-of-{count:D5}.gguf, so the others cannot be found");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{first.AsSpan(0, match.Index)}-{index + 1:D5}-of-{count:D5}.gguf");
    }

    [GeneratedRegex(@"-00001-of-[0-9]{5}\.gguf$", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}
