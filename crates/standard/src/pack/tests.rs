mod analysis;
mod broken;
mod calendar;
mod faults;
mod lengths;
mod permit_kinds;
mod sendai;
