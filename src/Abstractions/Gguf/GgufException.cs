namespace Tessera.Gguf;

/// <summary>A GGUF file that cannot be used. The message names the file, the key or tensor, and the offset in bytes.</summary>
public sealed class GgufException : TesseraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="file">The file's path, or the name given for a stream or memory.</param>
    /// <param name="place">The key, tensor or part of the header, for example <c>key 'llama.block_count'</c>; empty when there is none.</param>
    /// <param name="offset">Offset from the start of the file in bytes, or -1 when it has no single place.</param>
    /// <param name="problem">What is wrong, without a closing full stop.</param>
    public GgufException(string file, string place, long offset, string problem)
        : base(Compose(file, place, offset, problem))
    {
        File = file;
        Place = place;
        Offset = offset;
    }

    /// <summary>The file's path or name.</summary>
    public string File { get; }

    /// <summary>The key, tensor or part of the header.</summary>
    public string Place { get; }

    /// <summary>Offset from the start of the file in bytes, or -1.</summary>
    public long Offset { get; }

    private static string Compose(string file, string place, long offset, string problem)
    {
        string where = place.Length == 0 ? "" : $"{place}: ";
        string at = offset < 0 ? "" : $" (at offset {offset})";
        return $"{file}: {where}{problem}{at}.";
    }
}
