using System.Globalization;
using Spectre.Console;

namespace Tessera.Cli.Display;

/// <summary>A line with Spectre's markup. What was put into it is shown as it is, never read as markup.</summary>
internal readonly record struct StyledText
{
    private StyledText(string markup) => Markup = markup;

    public string Markup { get; }

    /// <summary>Text without a style.</summary>
    public static implicit operator StyledText(string text) => new(Spectre.Console.Markup.Escape(VisibleText.Line(text)));

    /// <summary>A line with styles; what stands in its braces is shown as it is, unless it is styled itself.</summary>
    public static StyledText Of(FormattableString line) => new(line.ToString(Formatter.Instance));

    /// <summary>Text of several lines without a style.</summary>
    public static StyledText OfLines(string text) => new(Spectre.Console.Markup.Escape(VisibleText.Lines(text)));

    public static StyledText Join(string separator, IEnumerable<StyledText> parts) => new(string.Join(separator, parts.Select(part => part.Markup)));

    private sealed class Formatter : IFormatProvider, ICustomFormatter
    {
        public static Formatter Instance { get; } = new();

        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) => arg switch
        {
            StyledText styled => styled.Markup,
            IFormattable value => ((StyledText)value.ToString(format, CultureInfo.InvariantCulture)).Markup,
            _ => ((StyledText)(arg?.ToString() ?? "")).Markup,
        };
    }
}
