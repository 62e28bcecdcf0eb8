using Spectre.Console;

namespace Tessera.Cli.Display;

/// <summary>A table for people.</summary>
internal sealed class ReportTable
{
    private readonly Table _table = new Table().RoundedBorder();

    public ReportTable(params ReadOnlySpan<string> columns) => Add(columns);

    public int Rows => _table.Rows.Count;

    public ReportTable Add(params ReadOnlySpan<string> columns)
    {
        foreach (string title in columns)
        {
            _table.AddColumn(((StyledText)title).Markup);
        }

        return this;
    }

    /// <summary>Adds columns of numbers.</summary>
    public ReportTable AddNumbers(params ReadOnlySpan<string> columns)
    {
        foreach (string title in columns)
        {
            _table.AddColumn(((StyledText)title).Markup, column => column.RightAligned().NoWrap());
        }

        return this;
    }

    public void AddRow(params StyledText[] cells) => _table.AddRow(Array.ConvertAll(cells, cell => cell.Markup));

    public void WriteTo(IAnsiConsole console) => console.Write(_table);
}
