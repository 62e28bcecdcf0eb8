using System.Text.RegularExpressions;
using Tessera.Conformance;

namespace Tessera.Packages.Tests;

/// <summary>Whoever types what README.md and docs/ show sees what they show.</summary>
public partial class PageTests(LocalFeed feed)
{
    // Separates what commands write; no command writes it.
    private const char Separator = '\x1E';

    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(Path.Combine(Golden.RepositoryRoot, "docs"), "*.md").Order(StringComparer.Ordinal)
            .Select(page => $"docs/{Path.GetFileName(page)}").Prepend("README.md")
            .Where(page => Example.Read(Path.Combine(Golden.RepositoryRoot, page)).Count > 0)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_example_shows_what_the_page_says(string page)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "a terminal is needed, which the program 'script' of Linux gives");
        List<Example> examples = Example.Read(Path.Combine(Golden.RepositoryRoot, page));
        string folder = Path.Combine(feed.Folder, "pages", Path.GetFileNameWithoutExtension(page));
        Directory.CreateDirectory(folder);
        Directory.CreateSymbolicLink(Path.Combine(folder, "models"), Path.Combine(Golden.RepositoryRoot, "models"));

        string shown = await feed.TypeAsync(folder, examples.Select(example => $"printf '\\036'\n{example.Command}\n"));

        string[] outputs = ProgressLine().Replace(shown.Replace("\r", "", StringComparison.Ordinal), "").Split(Separator)[1..];
        string[] differences = [.. examples
            .Select((example, i) => ExpectedOutput.Difference(page, example, i < outputs.Length ? outputs[i] : "(it was not run)"))
            .OfType<string>()];
        Assert.True(differences.Length == 0, string.Join("\n\n", differences));
    }

    /// <summary>What shows how far a slow task is, and is gone when it has ended.</summary>
    [GeneratedRegex(@"[^\x1E\n]*: \d+%\n")]
    private static partial Regex ProgressLine();
}
