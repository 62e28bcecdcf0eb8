using System.Text.RegularExpressions;
using Tessera.Conformance;

namespace Tessera.Host.Tests;

/// <summary>No folder of a project uses one that uses it, on whatever way: the using directives say so, and the types of the namespaces around.</summary>
public partial class FolderCircleTests
{
    public static TheoryData<string> Projects =>
        [.. Directory.GetDirectories(Path.Combine(Golden.RepositoryRoot, "src")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folder_uses_one_that_uses_it(string project)
    {
        string root = Path.Combine(Golden.RepositoryRoot, "src", project);
        SourceFile[] files =
        [
            .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Where(path => !Path.GetRelativePath(root, path).StartsWith("obj", StringComparison.Ordinal))
                .Select(path => new SourceFile(Path.GetDirectoryName(path)!, File.ReadAllText(path))),
        ];
        ILookup<string, SourceFile> byFolder = files.ToLookup(file => file.Folder);
        var used = byFolder.ToDictionary(folder => folder.Key,
            folder => files.Where(file => file.Folder != folder.Key && folder.Any(file.IsUsedBy)).Select(file => file.Folder).ToHashSet());

        foreach (string folder in used.Keys)
        {
            Assert.True(
                !Reaches(used, folder, folder, []),
                $"{project}: {Path.GetRelativePath(root, folder)} uses a folder that uses it: "
                + $"{string.Join(", ", used[folder].Where(other => Reaches(used, other, folder, [])))}");
        }
    }

    private static bool Reaches(Dictionary<string, HashSet<string>> used, string from, string to, HashSet<string> seen) =>
        used[from].Any(next => next == to || (seen.Add(next) && Reaches(used, next, to, seen)));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^using (?:static )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"^(?:\w+ )*(?:class|struct|interface|enum|record|delegate \w+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"//.*|""(?:[^""\\\n]|\\.)*""")]
    private static partial Regex Words();

    private sealed class SourceFile(string folder, string text)
    {
        private readonly string _code = Words().Replace(text, "");
        private readonly string _namespace = NamespaceLine().Match(text).Groups[1].Value;
        private readonly HashSet<string> _usings = [.. UsingLine().Matches(text).Select(match => match.Groups[1].Value)];

        public string Folder => folder;

        private IEnumerable<string> Types => TypeLine().Matches(_code).Select(match => match.Groups[1].Value);

        /// <summary>Whether another file names this one's namespace, or one of its types from within that namespace.</summary>
        public bool IsUsedBy(SourceFile other) =>
            other._usings.Contains(_namespace)
            || ((other._namespace + ".").StartsWith(_namespace + ".", StringComparison.Ordinal)
                && Types.Any(type => Regex.IsMatch(other._code, $@"(?<![\w.]){type}\b")));
    }
}
