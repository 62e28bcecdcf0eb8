namespace Tessera.Cli;

/// <summary>Writes a file that is whole or not there: under another name until it is finished.</summary>
internal static class AtomicFile
{
    public static void Write(string path, Action<Stream> write)
    {
        string unfinished = $"{Path.GetFullPath(path)}.{Environment.ProcessId}.tmp";
        try
        {
            using (FileStream file = File.Create(unfinished))
            {
                write(file);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
