namespace Tessera.Cli;

/// <summary>A file that appears whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the file and puts the result in its place.</summary>
    /// <returns>The file's full path.</returns>
    public static string Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string unfinished = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            using (FileStream file = File.Create(unfinished))
            {
                write(file);
            }

            File.Move(unfinished, target, overwrite: true);
            return target;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
