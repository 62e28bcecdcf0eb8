using System.Text;
using Tessera.Gguf;
using Tessera.Gguf.Files;

namespace Tessera.Workbench.Importance;

/// <summary>
/// llama-imatrix' older files (<c>.dat</c>), without a magic number: the number of entries; for each the length of its name, the name, the number of
/// chunks, the number of values and the values, which are mean squares times chunks; then, in newer ones, all chunks, and the name of the text with its
/// length. Numbers have 32 bits, little-endian.
/// </summary>
internal static class LegacyImportanceFile
{
    private const int LongestName = 1024;

    /// <summary>Whether a regular file is there and no GGUF file.</summary>
    public static bool Recognizes(string path) => InputFile.BeginsWith(path, []) && !InputFile.BeginsWith(path, "GGUF"u8);

    public static ImportanceMatrix Load(string path)
    {
        using var reader = new BinaryReader(InputFile.OpenRegular(path));
        try
        {
            var meanSquares = new Dictionary<string, float[]>();
            int entries = ReadCount(reader, path, "number of entries", int.MaxValue);
            for (int i = 0; i < entries; i++)
            {
                string name = GgufNames.Decode(reader.ReadBytes(ReadCount(reader, path, "length of a name", LongestName)));
                meanSquares[name] = ReadValues(reader, path);
            }

            bool hasChunks = reader.BaseStream.Position < reader.BaseStream.Length;
            int chunks = hasChunks ? reader.ReadInt32() : 0;
            string[] datasets = hasChunks && reader.BaseStream.Position < reader.BaseStream.Length
                ? [Encoding.UTF8.GetString(reader.ReadBytes(ReadCount(reader, path, "length of the text's name", LongestName)))]
                : [];
            return new ImportanceMatrix(path, meanSquares, datasets, chunks);
        }
        catch (EndOfStreamException)
        {
            throw new GgufException(path, "", reader.BaseStream.Length, "the file ends in the middle of an importance matrix, or is none");
        }
    }

    private static float[] ReadValues(BinaryReader reader, string path)
    {
        int chunks = reader.ReadInt32();
        long left = (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(float);
        var values = new float[ReadCount(reader, path, "number of values", left)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = reader.ReadSingle() / Math.Max(1, chunks);
        }

        return values;
    }

    private static int ReadCount(BinaryReader reader, string path, string what, long most)
    {
        long offset = reader.BaseStream.Position;
        int count = reader.ReadInt32();
        return count >= 1 && count <= most
            ? count
            : throw new GgufException(path, $"the {what}", offset, $"{count} cannot be; the file is no importance matrix, or damaged");
    }
}
