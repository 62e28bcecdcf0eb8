namespace Tessera.Gguf.Files;

/// <summary>
/// Reads files that are named on a command line, other than models. What comes through a pipe or from a device counts as a file too, such as
/// <c>/dev/stdin</c>; but no more of it is read than is stated here.
/// </summary>
public static class InputFile
{
    /// <summary>The most bytes of a text, a trace or a tokenizer's file: 256 MiB.</summary>
    public const int MostBytes = 256 << 20;

    /// <summary>The most bytes of a line: 16 MiB.</summary>
    public const int MostLineBytes = 16 << 20;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InputFileException">There is none, it cannot be read, or it has more than <see cref="MostBytes"/>.</exception>
    public static byte[] ReadAll(string path)
    {
        using Stream file = Open(path);
        return ReadAll(file, path);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <exception cref="InputFileException">It cannot be read, or has more than <see cref="MostBytes"/>.</exception>
    public static byte[] ReadAll(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long length = stream.CanSeek ? stream.Length : 0;
        if (length > MostBytes)
        {
            throw TooLarge(name);
        }

        byte[] bytes = new byte[Math.Max(1 << 16, (int)length + 1)];
        int count = 0;
        for (int read; (read = Read(stream, bytes.AsSpan(count), name)) > 0;)
        {
            count += read;
            if (count > MostBytes)
            {
                throw TooLarge(name);
            }

            if (count == bytes.Length)
            {
                Array.Resize(ref bytes, Math.Min(2 * count, MostBytes + 1));
            }
        }

        Array.Resize(ref bytes, count);
        return bytes;
    }

    /// <summary>Reads lines as they come; they end with a line feed, which is left out.</summary>
    /// <returns>Each line, valid until the next.</returns>
    /// <exception cref="InputFileException">There is no such file, it cannot be read, or a line has more than <see cref="MostLineBytes"/>.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> ReadLines(string path)
    {
        using Stream file = Open(path);
        byte[] buffer = new byte[1 << 16];
        (int start, int end, int number) = (0, 0, 1);
        while (true)
        {
            int length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return buffer.AsMemory(start, length);
                start += length + 1;
                number++;
                continue;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                if (end >= MostLineBytes)
                {
                    throw new InputFileException(path, $"line {number}: it has more than {MostLineBytes} bytes, the most that a line may have.");
                }

                Array.Resize(ref buffer, 2 * end);
            }

            int read = Read(file, buffer.AsSpan(end), path);
            end += read;
            if (read == 0)
            {
                if (end > 0)
                {
                    yield return buffer.AsMemory(0, end);
                }

                yield break;
            }
        }
    }

    /// <summary>Opens a file whose length must be known, or that is read more than once.</summary>
    /// <exception cref="InputFileException">There is none, it cannot be opened, or it is a pipe or a device.</exception>
    public static FileStream OpenRegular(string path) => IsRegular(path) || FileStatus.Of(path) is null or { Kind: FileKind.Folder }
        ? (FileStream)Open(path)
        : throw new InputFileException(path, "this is no regular file but a pipe or a device.");

    /// <summary>Whether a regular file begins with some bytes. Of anything else nothing is read.</summary>
    /// <exception cref="InputFileException">It cannot be read.</exception>
    public static bool BeginsWith(string path, ReadOnlySpan<byte> magic)
    {
        if (!IsRegular(path))
        {
            return false;
        }

        using Stream file = Open(path);
        byte[] start = new byte[magic.Length];
        int count = 0;
        for (int read; (read = Read(file, start.AsSpan(count), path)) > 0;)
        {
            count += read;
        }

        return count == start.Length && magic.SequenceEqual(start);
    }

    internal static bool IsRegular(string path) => FileStatus.Of(path) is { Kind: FileKind.Regular };

    private static Stream Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!OperatingSystem.IsWindows() && path is "/dev/stdin" or "/dev/fd/0" or "/proc/self/fd/0")
        {
            // To open a pipe again would wait for another writer.
            return Console.OpenStandardInput();
        }

        try
        {
            if (path.Length == 0)
            {
                throw new InputFileException("''", "the path is empty.");
            }

            FileStatus? status = FileStatus.Of(path);
            if (status is { Kind: FileKind.Folder })
            {
                throw new InputFileException(path, "this is a folder; name a file in it.");
            }

            if (status is { Kind: FileKind.Pipe } && FileStatus.Of(FileLink.Follow(path)) is not null)
            {
                throw new InputFileException(path, "this is a named pipe, which perhaps nobody will ever write to; read it as /dev/stdin.");
            }

            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw e is FileNotFoundException or DirectoryNotFoundException ? new InputFileException(path, "there is no such file.") : CannotRead(path, e);
        }
    }

    private static int Read(Stream stream, Span<byte> bytes, string name)
    {
        try
        {
            return stream.Read(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotRead(name, e);
        }
    }

    private static InputFileException TooLarge(string name) => new(name, $"it has more than {MostBytes} bytes, the most that is read.");

    private static InputFileException CannotRead(string name, Exception cause) => new(name, $"the file cannot be read: {cause.Message.TrimEnd('.')}.");
}
