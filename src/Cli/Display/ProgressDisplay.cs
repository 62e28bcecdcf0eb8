using Spectre.Console;

namespace Tessera.Cli.Display;

/// <summary>
/// Shows on standard error how far a task is: a bar on a terminal, a line for every tenth elsewhere, nothing for a task that is done at once.
/// </summary>
internal static class ProgressDisplay
{
    // A task that is faster than this shows no progress: it would only flicker.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);

    /// <summary>Waits for a task.</summary>
    /// <param name="title">What it does.</param>
    /// <param name="task">The task.</param>
    /// <param name="fraction">How far it is, from 0 to 1.</param>
    public static async Task<T> ShowAsync<T>(string title, Task<T> task, Func<double> fraction)
    {
        await Task.WhenAny(task, Task.Delay(Delay));
        if (!task.IsCompleted)
        {
            await (Terminal.IsError ? DrawBarAsync(title, task, fraction) : WriteLinesAsync(title, task, fraction));
        }

        return await task;
    }

    private static Task DrawBarAsync(string title, Task task, Func<double> fraction)
    {
        return Terminal.ErrorConsole().Progress().AutoClear(true).StartAsync(async context =>
        {
            ProgressTask bar = context.AddTask(((StyledText)title).Markup);
            while (!task.IsCompleted)
            {
                bar.Value = 100 * fraction();
                await Task.WhenAny(task, Task.Delay(50, CancellationToken.None));
            }
        });
    }

    private static async Task WriteLinesAsync(string title, Task task, Func<double> fraction)
    {
        int written = 0;
        while (!task.IsCompleted)
        {
            int tenths = (int)(10 * fraction());
            if (tenths > written)
            {
                written = tenths;
                Terminal.Note($"{title}: {10 * tenths} %");
            }

            await Task.WhenAny(task, Task.Delay(100, CancellationToken.None));
        }
    }
}
