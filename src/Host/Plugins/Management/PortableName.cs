namespace Tessera.Plugins.Management;

/// <summary>Names of files and folders that every system takes for what they are.</summary>
internal static class PortableName
{
    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. Ports("COM"), .. Ports("LPT")], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name, without folders, is one on Windows too: no device, no stream, nothing at its end that is left off there.</summary>
    public static bool Is(string name) =>
        name.Length > 0
        && name[^1] is not ('.' or ' ')
        && !name.Any(c => c is '<' or '>' or ':' or '"' or '/' or '\\' or '|' or '?' or '*' || char.IsControl(c))
        && !Devices.Contains(name.Split('.')[0].TrimEnd(' '));

    private static IEnumerable<string> Ports(string name) => "0123456789¹²³".Select(digit => name + digit);
}
