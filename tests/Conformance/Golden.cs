using Xunit;

namespace Tessera.Conformance;

/// <summary>
/// Where test data is. The reference's golden data stands beside the repository, in <c>../shared/golden</c> or where the environment variable
/// <c>TESSERA_GOLDEN</c> says; a test that needs it and does not find it is skipped with that reason.
/// </summary>
public static class Golden
{
    /// <summary>The repository's root: the folder that holds <c>Plugins.sln</c>.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The folder of the golden data, which may not exist.</summary>
    public static string Folder =>
        System.IO.Path.GetFullPath(Environment.GetEnvironmentVariable("TESSERA_GOLDEN") ?? System.IO.Path.Combine(RepositoryRoot, "..", "shared", "golden"));

    /// <summary>The path of a golden file; skips the test where it is absent.</summary>
    /// <param name="relativePath">Below the golden folder, with <c>/</c>.</param>
    public static string Path(string relativePath)
    {
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Folder, relativePath));
        if (!File.Exists(path))
        {
            Assert.Skip($"golden file {relativePath} is not there (looked in {Folder}; TESSERA_GOLDEN names another place)");
        }

        return path;
    }

    /// <summary>A golden file of little-endian binary32 values.</summary>
    /// <param name="relativePath">Below the golden folder, or a full path.</param>
    public static float[] Floats(string relativePath)
    {
        byte[] bytes = File.ReadAllBytes(Path(relativePath));
        var values = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);
        return values;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Plugins.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
