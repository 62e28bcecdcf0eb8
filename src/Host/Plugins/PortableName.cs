using System.Text;

namespace Tessera.Plugins;

/// <summary>Names of files and folders that every system takes for what they are.</summary>
internal static class PortableName
{
    /// <summary>Bytes of a name that Linux takes, in UTF-8; other systems take as many characters.</summary>
    private const int LongestName = 255;

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. Ports("COM"), .. Ports("LPT")], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name, without folders, is one everywhere: not too long, no device, no stream, nothing at its end that Windows leaves off.</summary>
    public static bool Is(string name) =>
        name.Length > 0
        && Encoding.UTF8.GetByteCount(name) <= LongestName
        && name[^1] is not ('.' or ' ')
        && !name.Any(c => c is '<' or '>' or ':' or '"' or '/' or '\\' or '|' or '?' or '*' || char.IsControl(c))
        && !Devices.Contains(name.Split('.')[0].TrimEnd(' '));

    private static IEnumerable<string> Ports(string name) => "0123456789¹²³".Select(digit => name + digit);
}
