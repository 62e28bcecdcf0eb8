using Tessera.Conformance;

namespace Tessera.Cli.Tests.Display;

public class TerminalTests
{
    /// <summary>What is written past <c>Terminal</c> would show a file's names as they are.</summary>
    [Fact]
    public void Nothing_else_writes_to_the_console()
    {
        string folder = Path.Combine(Golden.RepositoryRoot, "src", "Cli");
        string[] files = [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is not ("obj" or "bin" or "Display"))];

        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            string source = File.ReadAllText(file);
            Assert.DoesNotContain("Console.Write", source, StringComparison.Ordinal);
            Assert.DoesNotContain("Console.Error", source, StringComparison.Ordinal);
            Assert.DoesNotContain("Console.Out", source, StringComparison.Ordinal);
            Assert.DoesNotContain("OpenStandardOutput", source, StringComparison.Ordinal);
            Assert.DoesNotContain("OpenStandardError", source, StringComparison.Ordinal);
            Assert.DoesNotContain("AnsiConsole", source, StringComparison.Ordinal);
        });
    }
}
