using System.Globalization;
using System.Text.RegularExpressions;

namespace Tessera.Gguf;

/// <summary>A model on disk: one GGUF file, or all parts of a split one (<c>NAME-00001-of-0000N.gguf</c>).</summary>
public sealed partial class GgufModelFile : IDisposable
{
    private GgufModelFile(IReadOnlyList<GgufFile> parts)
    {
        Parts = parts;
        var byName = new Dictionary<string, GgufTensor>(StringComparer.Ordinal);
        foreach (GgufTensor tensor in parts.SelectMany(p => p.Tensors))
        {
            if (!byName.TryAdd(tensor.Name, tensor))
            {
                throw tensor.Error($"the name appears in {byName[tensor.Name].File.Name}, too");
            }
        }

        Tensors = byName;
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

    /// <summary>Opens a model; of a split one the first part is named and the others are found beside it.</summary>
    /// <exception cref="GgufException">A file cannot be read, is invalid, or is not part of this model.</exception>
    public static GgufModelFile Open(string path)
    {
        var parts = new List<GgufFile> { GgufFile.Open(path) };
        try
        {
            IGgufMetadata metadata = parts[0].Metadata;
            int count = metadata.GetInt32("split.count", 1);
            if (count > 1)
            {
                ExpectPart(parts[0], 0, count);
                for (int i = 1; i < count; i++)
                {
                    parts.Add(GgufFile.Open(PathOfPart(path, i, count)));
                    ExpectPart(parts[i], i, count);
                }

                int expected = metadata.GetInt32("split.tensors.count", -1);
                int actual = parts.Sum(p => p.Tensors.Count);
                if (expected >= 0 && expected != actual)
                {
                    throw new GgufException(path, "key 'split.tensors.count'", -1, $"says {expected} tensors, the {count} parts hold {actual}");
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
        int number = file.Metadata.GetInt32("split.no", -1);
        int total = file.Metadata.GetInt32("split.count", -1);
        if (number != index || total != count)
        {
            string hint = index == 0 ? "; name the first part, the others are found beside it" : "";
            throw new GgufException(file.Name, "key 'split.no'", -1, $"the file is part {number + 1} of {total}, not part {index + 1} of {count}{hint}");
        }
    }

    private static string PathOfPart(string first, int index, int count)
    {
        Match match = PartName().Match(first);
        if (!match.Success)
        {
            throw new GgufException(first, "key 'split.count'", -1, $"the model has {count} parts, but the file's name does not end in -00001-of-{count:D5}.gguf, so the others cannot be found");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{first.AsSpan(0, match.Index)}-{index + 1:D5}-of-{count:D5}.gguf");
    }

    [GeneratedRegex(@"-00001-of-\d{5}\.gguf$", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}
