using System.Text;
using Tessera.Cli.Display;

namespace Tessera.Cli;

/// <summary>Prompts that do not stand on the command line: all of a file or of standard input, as it is.</summary>
internal static class PromptText
{
    /// <summary>More than any context holds.</summary>
    private const int MaxBytes = 1 << 28;

    /// <exception cref="InputFileException">The file cannot be read, or is far too long.</exception>
    public static string Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Read(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputFileException(path, $"the prompt cannot be read: {e.Message}");
        }
    }

    /// <summary>All of standard input; nothing where it is closed.</summary>
    /// <exception cref="InputFileException">It is far too long.</exception>
    public static string ReadInput() => StandardStream.IsClosed(StandardStream.Input) ? "" : Read(Console.OpenStandardInput(), "standard input");

    private static string Read(Stream stream, string name)
    {
        var text = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (text.Length + count > MaxBytes)
            {
                throw new InputFileException(name, $"the prompt is longer than {MaxBytes} bytes.");
            }

            text.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
