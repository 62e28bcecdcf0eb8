using Tessera.Gguf;

namespace Tessera.Quantization;

/// <summary>Looks at what is in the place of a file that is to be written.</summary>
internal static class OutputFile
{
    /// <summary>
    /// Expects nothing, or a GGUF file that nobody is reading. A model is being read, so this finds it behind every link and name; and anything that
    /// is no GGUF file is there by a mistake in the command.
    /// </summary>
    /// <param name="path">The file to write.</param>
    /// <param name="model">The model that is being read.</param>
    public static void ExpectReplaceable(string path, GgufModelFile model)
    {
        if (Directory.Exists(path))
        {
            throw new TesseraException($"{path}: this is a folder; name the file to write.");
        }

        if (!File.Exists(path))
        {
            return;
        }

        Span<byte> magic = stackalloc byte[4];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic.SequenceEqual("GGUF"u8))
            {
                return;
            }
        }
        catch (IOException)
        {
            throw new TesseraException($"{path}: it is being read, by another process or as the model itself under this name ({model.Name}); it is not replaced.");
        }

        throw new TesseraException($"{path}: there is a file that is no GGUF file; it is not replaced.");
    }
}
