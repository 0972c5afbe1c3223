"""What is learned: MNIST, any folder of IDX files, and how they are presented."""

from bioplast.tasks.load import TASKS, is_named, load_task
from bioplast.tasks.oddities import describe_task, find_oddities
from bioplast.tasks.task import Images, Task, Trials

__all__ = ["TASKS", "Images", "Task", "Trials", "describe_task", "find_oddities", "is_named", "load_task"]
